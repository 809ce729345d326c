// Detection for one worker: which rules of the current rule set match a packet, the stream bytes
// and the transactions that came with it; and what that means for packet and flow.
//
//   detector.use(rule_set);                    // between batches
//   detector.inspect(input);                   // once a packet, after the application layer
//   for (const Alert& alert : detector.alerts()) ...   // valid until the next inspect()
//   detector.release(flow);                    // when the flow ends
//   detector.release(transaction);             // when a transaction is freed
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "app/app_event.h"
#include "app/app_parser.h"
#include "app/app_proto.h"
#include "app/frame.h"
#include "base/bytes.h"
#include "detect/alert.h"
#include "detect/options.h"
#include "detect/stream_notes.h"
#include "flow/flow.h"
#include "metrics/counter.h"
#include "packet/packet.h"

namespace culvert {

class RuleSet;
class DetectShared;
struct ProtocolSpec;
class DetectWatch;  // detect/detect_watch.h
class TcpTracker;   // stream/tcp_tracker.h

/// What the application layer knows of the packet's flow.
struct AppView {
  AppProto proto = AppProto::kUnknown;  ///< of the flow: what the parser speaks
  AppProto by_direction[2] = {AppProto::kUnknown, AppProto::kUnknown};
  AppProto original = AppProto::kUnknown;  ///< before a protocol change (STARTTLS); else unknown
  const ProtocolSpec* spec = nullptr;      ///< null: no protocol, or one without parser
  AppParser* parser = nullptr;
  std::uint32_t engine_events = 0;  ///< bits of AppEvent raised with this packet
  bool ended[2] = {false, false};   ///< no more bytes will come in that direction
  bool bypassed = false;
};

/// Reassembled bytes of the packet's direction that raw stream rules have not seen yet. Inline mode
/// may prepend bytes that they have seen (a window), so that patterns over the boundary match.
struct StreamView {
  Bytes bytes;
  std::uint64_t offset = 0;  ///< of bytes[0] in the direction's stream
  bool present = false;      ///< there is something to inspect now
};

/// The packet's payload as part of what its direction's stream has in order: with bytes before it,
/// and what it joined to those. Empty: it went another way into the stream, or not at all.
struct NewestBytes {
  Bytes bytes;
  std::uint64_t offset = 0;  ///< of bytes[0] in the direction's stream
  std::uint64_t fresh = 0;   ///< offset of the packet's first byte
};

/// Frames of the packet's direction, and where their bytes are.
struct FrameView {
  FrameList* list = nullptr;  ///< null: there are none
  FrameReach reach;
  const TcpTracker* tcp = nullptr;  ///< null: in the packet's payload
};

/// The bytes of a frame's window that are at hand, from the first that is. `offset` is that of the
/// first, as in Frame::begin.
struct FrameBytes {
  Bytes bytes;
  std::uint64_t offset = 0;
};
FrameBytes bytes_of(const FrameView& frames, const FrameWindow& window, const Packet* packet,
                    const Flow& flow, Direction direction);

struct DetectInput {
  /// So many bytes before the packet's own are wanted in `newest`: a pattern that is searched for
  /// is at most one longer.
  static constexpr std::size_t kBytesBefore = kLongestSearched - 1;

  Packet* packet = nullptr;  ///< null at the end of a flow
  Flow* flow = nullptr;      ///< null: no flow
  Direction direction = Direction::kToServer;
  Timestamp time{};
  AppView app;
  StreamView stream;
  NewestBytes newest;
  std::uint64_t stream_version = 0;  ///< the same: so are the bytes at an offset; 0: unknown
  FrameView frames;
  bool flush = false;        ///< no packet, but the flow goes on without inspection
  bool as_packet = false;    ///< no packet, but in the reference it would be one: rules are asked
};

struct DetectCounters {
  Counter alerts, alerts_dropped_queue_full, firewall_discarded_alerts, alerts_suppressed, mpm_list,
      nonmpm_list, match_list, rules_inspected, recursion_limit, transactions_inspected,
      flow_states, transaction_states, flow_state_failed, lua_errors, lua_blocked;
};
extern const std::span<const CounterSpec<DetectCounters>> kDetectCounters;
extern const std::span<const CounterSpec<DetectCounters>> kFirewallDetectCounters;

class Detector {
 public:
  /// `shared` outlives it; null: nothing is shared with other workers.
  explicit Detector(const DetectOptions& options, DetectShared* shared = nullptr);
  ~Detector();
  Detector(const Detector&) = delete;
  Detector& operator=(const Detector&) = delete;

  /// Another rule set from the next packet on. State of flows and transactions that was made under
  /// the old one is dropped when next met (flowbits stay).
  void use(std::shared_ptr<const RuleSet> rules);
  const std::shared_ptr<const RuleSet>& rules() const;

  /// Rules at the hooks before the packet has a flow, and before its stream is looked at. The
  /// packet's verdict says whether it ends there; alerts() as after inspect().
  void inspect_pre_flow(const DetectInput& input);
  void inspect_pre_stream(const DetectInput& input);

  /// Inspects one packet, or the end of a flow's direction. Sets the verdicts of packet and flow,
  /// marks transactions as inspected, collects alerts.
  void inspect(const DetectInput& input);

  /// Of the last inspect(), in rule order. Those with `logged` false are there for their drop
  /// record.
  std::span<const Alert> alerts() const;
  /// Alerts of the last inspect() that were discarded for `packet-alert-max`.
  std::uint32_t discarded_alerts() const;

  /// Whether the packet of the last inspect() belongs to a session or host that a rule tagged.
  bool packet_is_tagged() const;

  /// Gives the state back to the pool. Every flow that ends and every transaction that is freed.
  void release(Flow& flow);
  void release(Transaction& transaction);

  /// Whether any of the next four may find something.
  bool has_variables(const Flow& flow) const;
  /// Names of the flowbits set (for EVE `metadata.flowbits`), flowints, flowvars ...
  void flow_variables(const Flow& flow, std::vector<std::string_view>& flowbits,
                      std::vector<std::pair<std::string_view, std::uint32_t>>& flowints) const;

  /// What a regular expression has captured under a name.
  struct Captured {
    std::string_view name;
    Bytes value;
  };
  /// Of the flow (flowvars), appended to `out`.
  void captures(const Flow& flow, std::vector<Captured>& out) const;
  /// Of the packet (pktvars), when it was the last to be inspected. Valid until the next one is.
  void captures(const Packet& packet, std::vector<Captured>& out) const;

  /// The last entropy found of each buffer that rules asked about.
  void flow_entropies(const Flow& flow,
                      std::vector<std::pair<std::string_view, double>>& entropies) const;

  const DetectCounters& counters() const;

  /// Looks on from now on; null: nobody. It outlives the detector's use.
  void watch(DetectWatch* watch);

  struct Impl;  ///< detector_impl.h: of this folder, and of those who look on

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert
