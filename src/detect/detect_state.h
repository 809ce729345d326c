// What detection remembers: for a flow (flowbits, flowints, captured values), for the packet at
// hand (captured values), and the worker's scratch. Keywords reach it by MatchContext::state.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/transaction.h"
#include "base/bytes.h"
#include "detect/alert.h"
#include "detect/inspect.h"
#include "detect/shared_state.h"
#include "detect/stream_notes.h"
#include "flow/flow.h"

namespace culvert {

/// What detection keeps of a transaction between packets.
struct TransactionDetectState {
  struct Entry {
    std::uint32_t rule;
    std::uint32_t bits;      ///< checks that have matched
    std::uint8_t direction;  ///< 2: both, for `=>` rules
    bool done;               ///< has matched as a whole
  };
  std::uint64_t generation = 0;       ///< of the rule set
  std::uint64_t scanned[2] = {0, 0};  ///< bit: buffers of that progress have been scanned
  bool has_done = false;
  bool firewall_accepted = false;          ///< `accept:tx`; stays over a reload, as does the next:
  std::uint8_t firewall_next[2] = {0, 0};  ///< state that the firewall looks at next
  std::vector<Entry> entries;              ///< keeps its memory in the pool
  std::vector<std::uint16_t> bits;         ///< `xbits` with `track tx`; stay over a reload

  Entry* find(std::uint32_t rule, std::uint8_t direction) {
    for (Entry& each : entries) {
      if (each.rule == rule && each.direction == direction) return &each;
    }
    return nullptr;
  }
  void clear() {
    generation = 0;
    scanned[0] = scanned[1] = 0;
    has_done = firewall_accepted = false;
    firewall_next[0] = firewall_next[1] = 0;
    entries.clear();
    bits.clear();
  }
};

/// Variables of one flow. Ids are those of the rule set's VariableNames. Pooled: vectors keep their
/// memory.
struct FlowDetectState {
  std::vector<std::uint64_t> bits;                                       ///< flowbits
  std::vector<std::pair<std::uint16_t, std::uint32_t>> ints;             ///< flowints
  std::vector<std::pair<std::uint16_t, std::vector<std::byte>>> values;  ///< flowvars
  std::uint32_t used_values = 0;
  std::vector<std::pair<std::uint16_t, double>> entropies;  ///< last of each buffer looked at
  std::vector<std::pair<std::uint32_t, TagProgress>> tags;  ///< by sid
  std::array<StreamNotes, 2> notes;                         ///< by Direction
  std::uint8_t protocol_rules_done = 0;                     ///< bit: direction
  bool passed = false;  ///< firewall mode: threat detection is through with the flow

  bool has_bit(std::uint16_t id) const {
    return id / 64u < bits.size() && (bits[id / 64u] >> (id % 64u) & 1) != 0;
  }
  void set_bit(std::uint16_t id) {
    if (id / 64u >= bits.size()) bits.resize(id / 64u + 1);
    bits[id / 64u] |= std::uint64_t{1} << (id % 64u);
  }
  void clear_bit(std::uint16_t id) {
    if (id / 64u < bits.size()) bits[id / 64u] &= ~(std::uint64_t{1} << (id % 64u));
  }
  void clear() {
    bits.clear();
    ints.clear();
    used_values = 0;
    entropies.clear();
    tags.clear();
    for (StreamNotes& each : notes) each.clear();
    protocol_rules_done = 0;
    passed = false;
  }
};

struct DetectInput;

class DetectState {
 public:
  DetectState(std::uint32_t pcre_match_limit, std::uint32_t pcre_recursion_limit,
              DetectShared& shared_state)
      : shared(shared_state), regex_(pcre_match_limit, pcre_recursion_limit) {
    inspect.regex = &regex_;
  }

  InspectState inspect;
  DetectShared& shared;
  std::uint32_t mark = 0, mark_mask = 0;  ///< nfq_set_mark of the packet at hand
  const DetectInput* input = nullptr;     ///< of the inspection under way

  /// Null when the flow has none yet.
  FlowDetectState* find(const Flow& flow) const { return flow.detect; }
  /// Makes it when needed.
  FlowDetectState& of(Flow& flow);
  void release(Flow& flow);
  std::uint64_t flow_states() const { return all_.size() - free_.size(); }
  /// The same for transactions.
  TransactionDetectState& of(Transaction& transaction);
  void release(Transaction& transaction);

  /// A pcre captured something. Kept until keep_captures(), which follows when the rule matches.
  void note_capture(bool packet_variable, std::uint16_t variable, Bytes value);
  void forget_captures() {
    captures_.clear();
    noted_contexts_ = 0;
  }

  /// A dataset gave a context. The same: kept when the rule matches.
  void note_context(std::string_view key, std::string_view json) {
    if (contexts_used_ + noted_contexts_ < contexts_.size()) {
      contexts_[contexts_used_ + noted_contexts_++] = {key, json};
    }
  }
  /// Those of the rule that has just matched. Valid until clear_packet().
  std::span<const AlertContext> keep_contexts() {
    const std::span kept(contexts_.data() + contexts_used_, noted_contexts_);
    contexts_used_ += noted_contexts_;
    noted_contexts_ = 0;
    return kept;
  }
  void keep_captures(Flow* flow);

  struct Value {
    std::uint16_t variable;
    Bytes bytes;
  };
  /// Captured from this packet; views memory of this object until clear_packet().
  const std::vector<Value>& packet_values() const { return packet_values_; }
  void clear_packet() {
    packet_values_.clear();
    packet_bytes_used_ = 0;
    mark = mark_mask = 0;
    contexts_used_ = noted_contexts_ = 0;
  }

 private:
  struct Capture {
    bool packet_variable;
    std::uint16_t variable;
    Bytes bytes;
  };
  RegexScratch regex_;
  std::vector<std::unique_ptr<FlowDetectState>> all_;
  std::vector<FlowDetectState*> free_;
  std::vector<std::unique_ptr<TransactionDetectState>> all_transactions_;
  std::vector<TransactionDetectState*> free_transactions_;
  std::vector<Capture> captures_;
  std::array<AlertContext, 64> contexts_{};
  std::size_t contexts_used_ = 0, noted_contexts_ = 0;
  std::vector<Value> packet_values_;
  std::vector<std::unique_ptr<std::vector<std::byte>>> packet_bytes_;
  std::size_t packet_bytes_used_ = 0;
};

}  // namespace culvert
