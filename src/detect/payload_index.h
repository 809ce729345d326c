// The fast patterns that payloads of one kind and direction, and for TCP the streams of that
// direction, are searched for, in parts: those of rules for any flow, those of rules about one
// protocol (with those for any flow: one pass for both), and those of rules about few ports. A
// packet is searched for the parts that its flow's protocol and its own ports call for: a small set
// of patterns is found several times faster than a big one, and what it finds more often matters.
// Beyond a hundred patterns, more cost next to nothing: then the rules of ports, and of protocols
// that have few, stand among those for any flow. What is short is searched once for all parts: the
// rules' gates know protocol and ports, too. Of datagrams, whose rules are mostly about few ports
// and have patterns as short as two zeros, it is searched for those that its ports leave over.
//
// A part has two lists of rules, for packets and for streams, about one set of patterns: bytes that
// are both are searched once (only_part()).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "detect/compiled_rule.h"
#include "detect/prefilter.h"
#include "detect/set_classes.h"

namespace culvert {

struct PayloadPart {
  Prefilter packet;  ///< has the matcher, whatever rules there are
  Prefilter stream;  ///< the same patterns; none where there are no streams
  /// Bodies of messages are searched for the same patterns and more, and what was found in the
  /// packets counts for them: even short packets are searched for all of these.
  bool holds_bodies = false;

  bool empty() const { return packet.empty() && stream.empty(); }
};

class PayloadIndex {
 public:
  /// Calls with each part that may find a rule for a packet between these ports (numbers of port
  /// classes), of a flow of these protocols.
  template <class Visit>
  void each_part(ProtoSet protos, std::uint16_t source, std::uint16_t destination,
                 Visit&& visit) const {
    if (parts_.empty()) return;
    ProtoSet rest = protos & protos_;
    if (rest == 0) visit(parts_[0]);
    for (; rest != 0; rest &= rest - 1) visit(part_of_first(rest));
    if (const std::uint16_t part = of_destination_[destination]; part != 0) visit(parts_[part]);
    if (const std::uint16_t part = of_source_[source]; part != 0) visit(parts_[part]);
  }
  /// The one part that each_part() would show; null: there are several, or none.
  const PayloadPart* only_part(ProtoSet protos, std::uint16_t source,
                               std::uint16_t destination) const {
    if (parts_.empty()) return nullptr;
    const ProtoSet own = protos & protos_;
    const bool by_ports = of_destination_[destination] != 0 || of_source_[source] != 0;
    if (by_ports || (own & (own - 1)) != 0) return nullptr;
    return own == 0 ? &parts_[0] : &part_of_first(own);
  }
  /// Of a protocol; null: it has none.
  PayloadPart* part_of(AppProto proto) {
    const std::uint16_t part = of_proto_[static_cast<std::size_t>(proto)];
    return part == 0 ? nullptr : &parts_[part];
  }
  const std::vector<PayloadPart>& parts() const { return parts_; }
  /// The patterns of all parts, for short payloads only.
  const PayloadPart& all() const { return all_; }
  /// Finds the patterns of all() that a rule may have for a datagram between these ports, and
  /// perhaps more; as all().packet's own. Null: there are no datagrams here, or too many patterns.
  const ShortBufferMatcher* between(std::uint16_t source, std::uint16_t destination) const {
    if (narrow_.empty()) return all_.packet.short_matcher.get();
    const std::uint16_t by_source = narrow_of_source_[source];
    const std::uint16_t by_destination = narrow_of_destination_[destination];
    // The first are the smallest.
    return narrow_[std::min(by_source, by_destination)].get();
  }

 private:
  friend class PayloadIndexBuilder;
  const PayloadPart& part_of_first(ProtoSet protos) const {
    return parts_[of_proto_[static_cast<std::size_t>(std::countr_zero(protos))]];
  }

  std::vector<PayloadPart> parts_;  ///< the first: of rules for any flow
  PayloadPart all_;
  ProtoSet protos_ = 0;  ///< that have a part
  std::array<std::uint16_t, 64> of_proto_{};
  std::vector<std::uint16_t> of_destination_, of_source_;  ///< by class of port; 0: none
  /// For short datagrams, the small ones first; the last is for all.
  std::vector<std::shared_ptr<const ShortBufferMatcher>> narrow_;
  std::vector<std::uint16_t> narrow_of_destination_, narrow_of_source_;  ///< by class of port
};

class PayloadIndexBuilder {
 public:
  /// REQUIRES: the rule has a fast pattern.
  void add(const CompiledRule& rule) { rules_.push_back(&rule); }

  /// All but the matchers, see PrefilterBuilder::build(). `streams`: rules say which of packets and
  /// streams they are about; else all are about packets.
  void build(const PortClasses& ports, bool streams, PayloadIndex& index,
             std::vector<PendingPrefilter>& pending);

 private:
  /// Rules by class of port, for one side of the packet.
  using ByClass = std::map<std::uint32_t, std::vector<const CompiledRule*>>;
  void build_narrow(const PortClasses& ports, const PrefilterBuilder& all,
                    const std::vector<PatternId>& ids, PayloadIndex& index) const;
  void share_out(const ByClass& rules, std::vector<std::uint16_t>& part_of_class);
  std::uint16_t new_part();
  PatternId add_to(PrefilterBuilder& part, const CompiledRule& rule) const;

  bool streams_ = false;
  std::vector<const CompiledRule*> rules_;
  std::vector<PrefilterBuilder> parts_;
  std::size_t budget_ = 0;  ///< patterns that may still be in several parts
};

}  // namespace culvert
