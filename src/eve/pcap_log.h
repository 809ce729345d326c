// `pcap-log`, the worker's side: which packets go to the capture file, and copies of those that came before
// an alert.
//
// With `conditional: alerts` (or `tag`) a flow is logged from its first alert on. What led to the alert came
// before it: TCP packets with data are kept in a ring of fixed size, whatever flow they are of, and those of
// a flow that alerts are logged with it as far back as the ring goes.
//
//     ring:  | head of record | packet | head | packet | ...      newest overwrites oldest
//                  `- where the flow's packet before this one is
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config_node.h"
#include "detect/alert.h"
#include "event/pcap_sink.h"
#include "flow/flow.h"
#include "metrics/counter.h"
#include "packet/packet.h"

struct bpf_program;

namespace culvert {

class EventOutput;

enum class PcapCondition : std::uint8_t { kAll, kAlerts, kTag };

struct PcapLogOptions {
  PcapCondition condition = PcapCondition::kAll;
  bool use_stream_depth = false;   ///< packets of streams beyond their depth are left out
  bool honor_pass_rules = false;   ///< packets of passed flows are left out
  std::string filter;              ///< BPF; empty: none
};

/// The output's settings; `sink` gets what is about files.
PcapLogOptions parse_pcap_log(const ConfigNode& node, const std::string& log_dir, PcapSinkOptions& sink,
                              Complaints& complaints);

struct PcapLogCounters {
  Counter written, filtered;
};
extern const std::span<const CounterSpec<PcapLogCounters>> kPcapLogCounters;

class PcapLog {
 public:
  static constexpr std::size_t kRingBytes = 16u << 20;  ///< a worker, only with a condition

  PcapLog(const PcapLogOptions& options, EventOutput& output, std::uint16_t sink, unsigned worker);
  ~PcapLog();
  PcapLog(const PcapLog&) = delete;
  PcapLog& operator=(const PcapLog&) = delete;

  /// Each packet, those in tunnels before the ones around them; only the latter are logged.
  void on_packet(const Packet& packet, const Flow* flow, std::span<const Alert> alerts);

  const PcapLogCounters& counters() const { return counters_; }

 private:
  struct Kept {
    std::uint64_t flow = 0;
    std::uint64_t before = 0;  ///< position of the flow's packet before, + 1; 0: none
    PcapRecordHead head;
  };
  struct OfFlow {
    std::uint64_t id = 0;
    std::uint64_t last = 0;  ///< position of its newest packet, + 1
    bool logged = false;     ///< what came before the alert is out
  };

  bool is_wanted(const Packet& packet, const Flow* flow, std::span<const Alert> alerts);
  bool passes_filter(const Packet& packet);
  void write(const PcapRecordHead& head, Bytes bytes);
  PcapRecordHead head_of(const Packet& packet) const;
  OfFlow& of(const Flow& flow);
  void keep(const Packet& packet, const Flow& flow);
  void write_kept(OfFlow& of);

  const PcapLogOptions options_;
  EventOutput& output_;
  const std::uint16_t sink_;
  const std::uint16_t worker_;
  PcapLogCounters counters_;
  bool opened_ = false;
  std::uint32_t thread_id_ = 0;  ///< the worker's, for names of files
  const Packet* root_ = nullptr;  ///< around the packets of tunnels that were seen last
  bool root_wanted_ = false;
  std::unique_ptr<bpf_program> filter_;
  int filter_link_ = -1;  ///< that the filter was compiled for

  std::vector<std::byte> ring_;  ///< empty without a condition
  std::uint64_t ring_end_ = 0;   ///< position of the next record; positions only grow
  std::vector<OfFlow> flows_;    ///< by Flow::index
  std::vector<std::uint64_t> chain_;
};

}  // namespace culvert
