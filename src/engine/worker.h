// The life of a packet: one worker, one thread, one packet source. Everything that a packet meets on
// its way belongs to the worker; nothing here locks, allocates or waits.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "app/app_layer.h"
#include "app/expected_flows.h"
#include "defrag/defragmenter.h"
#include "detect/detector.h"
#include "detect/rule_set.h"
#include "engine/engine_options.h"
#include "engine/snapshot.h"
#include "engine/stream_tap.h"
#include "engine/worker_counters.h"
#include "eve/event_log.h"
#include "files/file_store.h"
#include "files/file_tracker.h"
#include "flow/flow_table.h"
#include "io/packet_source.h"
#include "metrics/counter.h"
#include "packet/decoder.h"
#include "packet/packet_stack.h"
#include "stream/tcp_tracker.h"

namespace culvert {

/// What a worker is made of. All references outlive it.
struct WorkerParts {
  const EngineOptions& options;
  const Snapshot<RuleSet>& rules;
  PacketSource& source;
  EventLog& events;
  DetectShared* shared = nullptr;  ///< what detection shares with the other workers
  unsigned index = 0;  ///< 0-based
  unsigned count = 1;
  std::uint64_t seed = 0;  ///< of the flow table's hash
  ExpectedFlows* expected = nullptr;  ///< of all workers
};

class Worker final : private FlowObserver, private AppObserver {
 public:
  explicit Worker(const WorkerParts& parts);
  ~Worker() override;

  /// Until the source is finished or `stop` is set; then ends all flows and hands over the last
  /// events.
  void run(const std::atomic<bool>& stop);
  /// Where files are stored; before run(). Outlives it.
  void use_store(FileStore::Input& store);

  /// Goes up with every turn of the loop, also when no packet came: a worker that hangs is seen by
  /// its standing still. Any thread.
  std::uint64_t turns() const { return turns_.value(); }
  /// Version of the rule set in use. Any thread.
  std::uint64_t rules_version() const { return rules_seen_by_others_.value(); }
  /// Views this worker's counters.
  void append_counters(std::vector<NamedCounter>& out) const;

 private:
  static constexpr std::size_t kBatchSize = 64;

  // One batch: decoded and looked up together, then each packet by itself.
  void process_batch(std::span<Packet> batch);
  void process_decoded(std::span<Packet> packets, std::span<const FlowLookup> lookups);
  void process_tunnelled(Packet& root);

  // One packet.
  void process(Packet& packet, const FlowLookup& lookup);
  void reassemble(Packet& fragment);
  bool passes_hook(Packet& packet, Flow* flow);
  void track(Packet& packet, Flow& flow);
  void inspect(Packet& packet, Flow* flow);
  void finish_packet(Packet& packet, Flow* flow, std::span<const Alert> alerts);
  void inspect_rest(Flow& flow, Direction direction, bool flush, bool as_packet = false);
  void flush(Packet& packet, Flow& flow);
  void bypass_if_asked(const Packet& packet, Flow& flow);
  void tell_not_inspected(const Packet& packet, const Flow* flow);
  void settle(Packet& packet);
  void answer_reject(const Packet& packet);
  void count_verdict(const Packet& packet);

  void housekeeping(Timestamp now);
  void finish();

  void show(const Flow& flow, AppView& view) const;
  FrameView frames_of(const Packet* packet, const Flow& flow, Direction direction) const;
  void settle_frames(const FrameView& frames, const Packet* packet, Flow& flow, Direction direction);

  bool starts_new_flow(const Packet& packet, const Flow& flow) override;
  void on_flow_end(Flow& flow) override;
  void on_transaction_end(Flow& flow, const ProtocolSpec& spec, Transaction& transaction) override;

  const EngineOptions& options_;
  const Snapshot<RuleSet>& rules_;
  PacketSource& source_;
  EventLog& events_;

  DecodeCounters decode_counters_;
  DefragCounters defrag_counters_;
  FlowCounters flow_counters_;
  StreamCounters stream_counters_;
  WorkerCounters counters_;
  Counter turns_, rules_seen_by_others_;

  Decoder decoder_;
  Defragmenter defragmenter_;
  FileTracker files_;
  FileStore::Input* store_ = nullptr;
  AppLayer app_;
  FlowTable flows_;
  StreamTap tap_;  ///< between tracker and application layer, where somebody wants it
  TcpTracker tcp_;
  Detector detector_;

  std::shared_ptr<const RuleSet> rule_set_;
  std::uint64_t rules_seen_ = 0;
  bool has_pre_flow_rules_ = false, has_pre_stream_rules_ = false;
  Timestamp now_{};  ///< of the latest packet

  std::array<Packet, kBatchSize> batch_;
  std::array<FlowLookup, kBatchSize> lookups_;
  PacketStack stack_;  ///< what is in the tunnels of the packet at hand
  PacketStack whole_;  ///< datagrams made of fragments
};

}  // namespace culvert
