// What is to be written, and where to: `outputs:` of the configuration, read once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/protocol_spec.h"
#include "base/result.h"
#include "config/config_node.h"
#include "eve/forwarded.h"
#include "eve/pcap_log.h"
#include "eve/tcp_data_log.h"
#include "event/sink_options.h"
#include "files/file_needs.h"

namespace culvert {

/// Records that are no protocol's own.
enum class EveType : std::uint8_t {
  kAlert,
  kAnomaly,
  kDrop,
  kFlow,
  kNetflow,
  kStats,
  kArp,
  kFiles,
  kFrame,
  kStream,
  kMetadata,  ///< what rules captured of a packet
};
constexpr std::size_t kEveTypes = 11;

/// `types: - alert:`
struct AlertOptions {
  bool payload = false;
  bool payload_printable = false;
  bool payload_length = false;
  bool packet = false;
  bool verdict = false;
  bool app_layer = true;  ///< the protocol's object
  bool flow = true;       ///< the flow's counters
  bool rule_metadata = true;
  bool rule_text = false;
  bool rule_references = false;
  bool tagged_packets = true;
  /// Bodies with the protocol's object: `http-body`, `websocket-payload` and the like.
  struct Bodies {
    const ProtocolSpec* spec = nullptr;
    bool bytes = false;  ///< in base64
    bool text = false;   ///< `...-printable`
  };
  std::vector<Bodies> bodies;
  XffOptions xff;
  std::uint32_t payload_buffer_bytes = 4096;
};

/// `types: - anomaly:`
struct AnomalyOptions {
  bool decode = false;
  bool stream = false;
  bool app_layer = true;
  bool packet_header = false;
};

/// `types: - drop:`
struct DropOptions {
  bool alerts = false;
  bool verdict = false;
  bool all_packets = false;  ///< `flows: all`; else the first drop of each direction of a flow
};

/// `types: - frame:`
struct FrameOptions {
  bool payload = false;  ///< its bytes, in base64 and as text
  std::uint32_t payload_buffer_bytes = 4096;
};

/// `types: - stream:`: of which TCP packets there is a record of their connection.
struct StreamLogOptions {
  bool all = false;
  bool event_set = false;     ///< those that set stream events
  bool state_update = false;  ///< those that move the connection's state
  bool spurious_retransmission = false;
};

/// `types: - stats:` and the output `stats`.
struct StatsOptions {
  bool totals = true;
  bool threads = false;
  bool deltas = false;
  bool null_values = true;
};

/// Bits of Transaction::logged that are EVE's; those above are of output scripts.
inline constexpr std::uint8_t kEveBits = 48;

/// A logger of a protocol, with the options of one output.
struct EveLoggerChoice {
  const ProtocolSpec* spec = nullptr;
  const EveLogger* logger = nullptr;
  std::unique_ptr<EveOptionsBase> options;  ///< null: it has none
  /// Its place in Transaction::logged, for each direction: one of its own among the loggers of the
  /// protocol, in all outputs together.
  std::uint8_t bit = 0;
};

/// One `eve-log` output.
struct EveOutput {
  std::uint16_t sink = 0;  ///< of EventWriter
  std::string prefix;      ///< before each record
  std::array<bool, kEveTypes> wants{};
  AlertOptions alert;
  AnomalyOptions anomaly;
  DropOptions drop;
  StatsOptions stats;
  FrameOptions frame;
  StreamLogOptions stream;
  bool metadata = true;  ///< flowbits and the like in each record
  bool community_id = false;
  std::uint16_t community_id_seed = 0;
  bool ethernet = false;
  bool capture_file = false;  ///< `pcap-file`: name the file that is read
  bool pcap_file = false;
  bool suricata_version = false;
  XffOptions xff;  ///< of protocols' records, and of alerts unless they have their own
  std::vector<EveLoggerChoice> loggers;

  bool wants_type(EveType type) const { return wants[static_cast<std::size_t>(type)]; }
};

/// A text output: fast.log, stats.log.
struct TextOutput {
  std::uint16_t sink = 0;
  StatsOptions stats;
};

/// `pcap-log`.
struct PcapOutput {
  std::uint16_t sink = 0;
  PcapLogOptions options;
};

class EveConfig {
 public:
  EveConfig() = default;
  /// `log_dir` is what names of files are relative to.
  EveConfig(const ConfigNode& root, const std::string& log_dir,
            std::span<const ProtocolSpec* const> protocols, Complaints& complaints);

  const std::vector<EveOutput>& eve() const { return eve_; }
  const std::vector<TextOutput>& fast() const { return fast_; }
  const std::vector<TextOutput>& stats() const { return stats_; }
  const std::vector<PcapOutput>& pcap() const { return pcap_; }
  const std::vector<TcpDataOutput>& tcp_data() const { return tcp_data_; }
  /// All sinks, by number: what EventWriter is to open.
  const std::vector<SinkOptions>& sinks() const { return sinks_; }
  /// `stats.interval`, `stats.enabled`.
  std::chrono::seconds stats_interval() const { return stats_interval_; }
  bool stats_enabled() const { return stats_enabled_; }
  /// `sensor-name`: `host` of each record; empty: none.
  const std::string& sensor_name() const { return sensor_name_; }
  /// What the outputs of files need, all together.
  FileNeeds file_needs() const { return file_needs_; }
  /// Whether any output wants that type; for all outputs at once.
  bool wants(EveType type) const;

 private:
  void read_eve(const ConfigNode& node, const std::string& log_dir,
                std::span<const ProtocolSpec* const> protocols, Complaints& complaints);
  void read_types(const ConfigNode& node, EveOutput& output,
                  std::span<const ProtocolSpec* const> protocols, Complaints& complaints);
  void read_pcap(const ConfigNode& node, const std::string& log_dir, Complaints& complaints);
  void read_tcp_data(const ConfigNode& node, const std::string& log_dir, Complaints& complaints);
  std::uint16_t add_sink(SinkOptions sink);
  std::uint8_t take_bit(AppProto proto);

  std::vector<EveOutput> eve_;
  std::vector<TextOutput> fast_, stats_;
  std::vector<PcapOutput> pcap_;
  std::vector<TcpDataOutput> tcp_data_;
  std::vector<SinkOptions> sinks_;
  std::chrono::seconds stats_interval_{8};
  bool stats_enabled_ = true;
  std::string sensor_name_;
  std::map<AppProto, std::uint8_t> next_bits_;  ///< by what makes the transactions
  FileNeeds file_needs_;
};

}  // namespace culvert
