// The fast patterns that payloads (or streams) of one kind and direction are scanned for, in parts:
// those of rules for any flow, those of rules about one protocol (with those for any flow, if few:
// one pass for both), and those of rules about few ports. A packet is scanned for the parts that
// its flow's protocol and its own ports call for: a small set of patterns is found several times
// faster than a big one, and what it finds more often matters. What is short is scanned once for
// all of them: the rules' gates know protocol and ports, too.
//
//   for (const Prefilter* part : index.parts_for(...)) scan(*part, payload);
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <vector>

#include "detect/compiled_rule.h"
#include "detect/prefilter.h"
#include "detect/set_classes.h"

namespace culvert {

class PayloadIndex {
 public:
  /// Calls with each part that may find a rule for a packet between these ports (numbers of port
  /// classes), of a flow of these protocols.
  template <class Visit>
  void each_part(ProtoSet protos, std::uint16_t source, std::uint16_t destination,
                 Visit&& visit) const {
    if (parts_.empty()) return;
    ProtoSet rest = protos & protos_;
    if (rest == 0 || !protos_hold_any_) visit(parts_[0]);
    for (; rest != 0; rest &= rest - 1) {
      visit(parts_[of_proto_[static_cast<std::size_t>(std::countr_zero(rest))]]);
    }
    if (const std::uint16_t part = of_destination_[destination]; part != 0) visit(parts_[part]);
    if (const std::uint16_t part = of_source_[source]; part != 0) visit(parts_[part]);
  }
  const std::vector<Prefilter>& parts() const { return parts_; }
  /// The patterns of all parts, for short payloads only.
  const Prefilter& all() const { return all_; }

 private:
  friend class PayloadIndexBuilder;
  std::vector<Prefilter> parts_;  ///< the first: of rules for any flow
  Prefilter all_;
  bool protos_hold_any_ = false;  ///< parts of protocols hold what the first does, too
  ProtoSet protos_ = 0;           ///< that have a part
  std::array<std::uint16_t, 64> of_proto_{};
  std::vector<std::uint16_t> of_destination_, of_source_;  ///< by class of port; 0: none
};

class PayloadIndexBuilder {
 public:
  /// REQUIRES: the rule has a fast pattern.
  void add(const CompiledRule& rule) { rules_.push_back(&rule); }

  /// All but the matchers, see PrefilterBuilder::build().
  void build(const PortClasses& ports, PayloadIndex& index, std::vector<PendingPrefilter>& pending);

 private:
  /// Rules by class of port, for one side of the packet.
  using ByClass = std::map<std::uint32_t, std::vector<const CompiledRule*>>;
  void share_out(const ByClass& rules, std::vector<std::uint16_t>& part_of_class);
  std::uint16_t new_part();

  std::vector<const CompiledRule*> rules_;
  std::vector<PrefilterBuilder> parts_;
  std::size_t budget_ = 0;  ///< patterns that may still be in several parts
};

}  // namespace culvert
