// The inside of Detector, shared by its parts: detector.cc (what happens in which order),
// packet_rules.cc, transaction_rules.cc, alert_actions.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "app/protocol_spec.h"
#include "base/ticks.h"
#include "detect/compiled_rule.h"
#include "detect/detect_state.h"
#include "detect/detect_watch.h"
#include "detect/detector.h"
#include "detect/recent_scans.h"
#include "detect/rule_program.h"
#include "detect/threshold.h"

namespace culvert {

/// What the firewall says at a hook: how far it accepts, or that the packet is dropped.
enum class FirewallOutcome : std::uint8_t { kOpen, kHook, kTransaction, kPacket, kFlow, kDropped };

/// Rules found so far, each once.
class Candidates {
 public:
  void resize(std::size_t rules) {
    seen_.assign((rules + 63) / 64, 0);
    list_.reserve(rules);
    list_.clear();
  }
  void add(std::uint32_t rule) {
    std::uint64_t& word = seen_[rule / 64];
    const std::uint64_t bit = std::uint64_t{1} << (rule % 64);
    if ((word & bit) != 0) return;
    word |= bit;
    list_.push_back(rule);
  }
  void add(std::span<const std::uint32_t> rules) {
    for (const std::uint32_t rule : rules) add(rule);
  }
  /// In order of evaluation.
  std::span<const std::uint32_t> sorted();
  void clear() {
    for (const std::uint32_t rule : list_) seen_[rule / 64] = 0;
    list_.clear();
  }

 private:
  std::vector<std::uint64_t> seen_;
  std::vector<std::uint32_t> list_;
};

/// The buffers of one transaction in one direction, each made once.
class BufferCache {
 public:
  void resize(std::size_t buffers) { slots_.resize(buffers); }
  /// Forgets what the last transaction had.
  void begin() { ++stamp_; }
  /// Instance `number` of a buffer; null: there is none. Valid until begin().
  const InspectBuffer* get(std::uint16_t index, const TransactionBuffer& source, const Flow& flow,
                           const Transaction& transaction, std::uint32_t number);

 private:
  struct Instance {
    BufferScratch scratch, spare;
    InspectBuffer buffer;
  };
  struct Slot {
    std::uint64_t stamp = 0;
    std::uint32_t known = 0;  ///< instances there are here
    std::uint32_t asked = 0;  ///< instances the protocol was asked for: some were not ready yet
    bool complete = false;
    std::vector<std::unique_ptr<Instance>> instances;
  };
  std::vector<Slot> slots_;
  std::uint64_t stamp_ = 0;
};

struct Detector::Impl {
  Impl(const DetectOptions& wanted, DetectShared* shared_by_workers);

  DetectOptions options;
  std::shared_ptr<const RuleSet> held;
  const RuleProgram* program = nullptr;
  std::uint64_t generation = 0;

  std::unique_ptr<DetectShared> own_shared;  ///< where none is shared
  DetectShared& shared;
  DetectState state;
  MatchScratch scratch;
  DetectCounters counters;
  Candidates candidates;
  Candidates from_packet;  ///< transaction rules whose pattern was found in the payload
  BufferCache buffers;
  RecentScans recent_scans;
  /// What the last body held: often the next is the same, under another name.
  struct {
    const MultiPatternMatcher* matcher = nullptr;
    Bytes bytes;
    std::vector<PatternId> found;
  } last_body;
  BufferScratch frame_scratch, frame_spare;
  const Frame* frame = nullptr;  ///< rules on frames: the one at hand
  std::vector<Alert> queue;      ///< all that matched
  std::vector<Alert> output;     ///< what is to be written
  std::uint32_t discarded = 0;
  bool tagged = false;  ///< the packet belongs to what a `tag` wants logged

  // --- of the inspection under way ---
  const DetectInput* input = nullptr;
  MatchContext context;
  struct {
    Layer3 layer3 = Layer3::kNone;
    std::uint8_t ip_proto = 0;
    bool is_tcp = false;
    IpAddress source, destination;
    std::uint16_t source_port_class = 0, destination_port_class = 0;
    SetRow source_port_row, destination_port_row;
    /// Found when a rule first asks: most packets meet no rule that does.
    mutable bool has_address_rows = false;
    mutable SetRow source_row, destination_row;
  } header;
  std::uint32_t traits = 0;   ///< PacketTrait
  ProtoSet trait_protos = 0;  ///< of the flow and of its parser

  std::uint8_t alert_stage =
      0;  ///< 0 firewall on packets, 1 threat detection on packets, 2 transactions
  bool filters_app = false;  ///< the firewall looks at transactions with this packet
  bool td_passed = false;    ///< firewall mode: nothing for threat detection here

  void use(std::shared_ptr<const RuleSet> rules);
  void inspect(const DetectInput& in);
  void inspect_hook(PacketHook hook, const DetectInput& in);
  void begin(const DetectInput& in);
  void prepare_header();
  void prepare_traits();
  void find_address_rows() const;
  bool in_sets(std::uint16_t source, std::uint16_t destination, std::uint16_t source_ports,
               std::uint16_t destination_ports, bool both_ways) const;
  /// Whether a rule may match as far as its gate tells. Whoever looks on sees those too that do
  /// not.
  bool passes(const RuleGate& gate) const {
    return (gate.rejects & traits) == 0 && (gate.protos & trait_protos) != 0 &&
           in_sets(gate.source, gate.destination, gate.source_ports, gate.destination_ports,
                   gate.both_ways);
  }
  void add_candidates(std::span<const std::uint32_t> rules) {
    for (const std::uint32_t rule : rules) {
      if (passes(program->gates[rule]) || watch != nullptr) candidates.add(rule);
    }
  }

  /// Each rule in turn. Whoever looks on costs one branch a list.
  DetectWatch* watch = nullptr;
  template <class Evaluate>
  void each_rule(WatchStage stage, std::span<const std::uint32_t> numbers, Evaluate&& evaluate) {
    if (watch != nullptr) [[unlikely]] {
      each_rule_watched(stage, numbers, evaluate);
      return;
    }
    for (const std::uint32_t number : numbers) evaluate(*program->all[number]);
  }
  template <class Evaluate>
  [[gnu::noinline, gnu::cold]] void each_rule_watched(WatchStage stage,
                                                      std::span<const std::uint32_t> numbers,
                                                      Evaluate&& evaluate) {
    watch->begin_rules(*this, stage, numbers);
    for (const std::uint32_t number : numbers) {
      const CompiledRule& rule = *program->all[number];
      watch->before_rule(*this, rule);
      const std::uint64_t begin = read_ticks();
      evaluate(rule);
      watch->after_rule(*this, rule, read_ticks() - begin);
    }
    watch->end_rules(*this, stage);
  }

  // rules on packets and streams
  bool header_matches(const CompiledRule& rule) const;
  bool is_established() const;
  bool flow_matches(const CompiledRule& rule) const;
  bool protocol_matches(const CompiledRule& rule) const;
  bool packet_matches(const CompiledRule& rule);
  bool chain_matches(const InspectChain& chain, const InspectBuffer& buffer);
  /// Payload of the packet, or the stream; says which.
  bool payload_matches(const CompiledRule& rule, bool& stream);
  bool payload_may_be_inspected() const;
  void scan(const Prefilter& prefilter, Bytes bytes);
  /// A buffer of a transaction, by its number: rules that were found in the same bytes are known.
  void scan_value(std::uint16_t number, const Prefilter& prefilter, const InspectBuffer& buffer);
  bool bytes_rule_out(const CompiledRule& rule, const InspectBuffer& buffer);
  /// Payload of a packet, or a piece of a stream, for rules on those.
  void scan(const PayloadIndex& index, const Prefilter PayloadPart::*list, Bytes bytes);
  void scan_payload();
  /// The packet, and with it what its stream is to know later. False: it is no part of that.
  bool scan_newest(const PayloadIndex& index);
  void scan_stream(const PayloadIndex& index);
  /// A body; what was found in the stream counts.
  void scan_body(const TransactionBuffer& of, const InspectBuffer& buffer);
  /// What was found in the stream that the bytes at hand belong to. Null: nothing is known.
  const StreamNotes* notes_on(const void* matcher, std::uint64_t begin, std::size_t size) const;
  StreamNotes::Source notes_source(const void* matcher) const {
    return {matcher, generation, input->stream_version};
  }
  void inspect_decoder_events();
  void inspect_first_packet();
  void inspect_protocol_rules();
  void inspect_packet_rules();
  void evaluate_packet_rule(const CompiledRule& rule);

  // rules on frames
  void inspect_frames();
  void inspect_frame(const Frame& each, const FrameWindow& window);
  InspectBuffer frame_buffer(const Frame& each, const FrameWindow& window,
                             const std::vector<std::shared_ptr<const Transform>>& transforms);
  void evaluate_frame_rule(const CompiledRule& rule, const FrameWindow& window);
  Transaction* transaction_of(const Frame& each) const;  ///< null: it has none, or not any more
  bool frame_matches(const DraftBuffer& buffer, const FrameWindow& window);

  // rules on transactions
  void inspect_transactions();
  void inspect_transaction(Transaction& transaction, const RuleProgram::ByProtocol& rules);
  void reconsider_bits(Transaction& transaction);
  void evaluate_transaction_rule(const CompiledRule& rule, Transaction& transaction);
  bool check_matches(const TransactionCheck& check, const CompiledRule& rule,
                     Transaction& transaction, bool& stream);
  TransactionDetectState& state_of(Transaction& transaction);

  // firewall mode
  void filter_packet();
  /// Whether threat detection is to look at the transaction.
  bool filter_transaction(Transaction& transaction);
  FirewallOutcome filter_state(Transaction& transaction, std::size_t progress, bool& by_policy);
  FirewallOutcome run_hook(std::span<const std::uint32_t> rules, DropReason reason);
  FirewallOutcome decide(const CompiledRule& rule, DropReason reason);
  FirewallOutcome decide(RuleVerb verb, ActionScope scope, RejectTargets reject, DropReason reason);
  void firewall_drop(DropReason reason, ActionScope scope, RejectTargets reject);
  bool hook_rule_matches(const CompiledRule& rule);
  bool app_rule_matches(const CompiledRule& rule, Transaction& transaction);
  void add_policy_alert(const RuleMeta* meta, Transaction* transaction);
  bool is_flow_start() const;
  bool has_more_to_inspect() const;

  // outcome
  void matched(const CompiledRule& rule, Transaction* transaction, bool stream);
  void replace_contents();
  void pass_over_transactions(const DetectInput& in);
  bool make_room(const CompiledRule& rule);
  void count_discarded(const CompiledRule& rule);
  void finish();
  void write_out(const Alert& alert);
  void pass_flow();
  /// Whether to alert; may change `alert.action`.
  ThresholdOutcome weigh(const CompiledRule& rule, Alert& alert);
  void apply(const CompiledRule& rule, const Alert& alert);
  bool packet_is_tagged();
};

}  // namespace culvert
