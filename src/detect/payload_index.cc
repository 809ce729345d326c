#include "detect/payload_index.h"

#include <algorithm>

#include "detect/rule_gate.h"

namespace culvert {
namespace {

/// Sets of more ports than these are no news about a packet: their rules are among those for any.
constexpr std::uint32_t kManyPorts = 2048;
/// Rules that a class of ports needs for a part of its own; those of the rest stand among those for
/// any flow: a pass of their own costs more than what their patterns add to another.
constexpr std::size_t kEnoughRules = 12;
/// With so many parts, classes of ports that have none share the last.
constexpr std::size_t kMostParts = 1000;
/// From as many patterns on, more of them hardly make a search slower.
constexpr std::size_t kManyPatterns = 96;
/// Where there are so many for any flow, as many times as many for few ports stand among them;
constexpr std::size_t kMostForPorts = 4;
/// and as many rules about a protocol make a part of its own.
constexpr std::size_t kEnoughForProto = 128;
/// Matchers for short datagrams; other classes of ports are searched for all patterns.
constexpr std::size_t kMostNarrow = 100;
/// Protocols that a rule may be about, to stand in the part of each.
constexpr int kFewProtos = 4;

}  // namespace

std::uint16_t PayloadIndexBuilder::new_part() {
  parts_.emplace_back();
  return static_cast<std::uint16_t>(parts_.size() - 1);
}

void PayloadIndexBuilder::share_out(const ByClass& rules,
                                    std::vector<std::uint16_t>& part_of_class) {
  std::map<std::vector<const CompiledRule*>, std::uint16_t> known;
  std::uint16_t rest = 0;
  std::vector<const CompiledRule*> in_rest;
  for (const auto& [port_class, list] : rules) {
    if (const auto found = known.find(list); found != known.end()) {
      part_of_class[port_class] = found->second;
      continue;
    }
    if (list.size() > budget_ || parts_.size() > kMostParts) {
      if (rest == 0) rest = new_part();
      in_rest.insert(in_rest.end(), list.begin(), list.end());
      known.emplace(list, rest);
      part_of_class[port_class] = rest;
      continue;
    }
    budget_ -= list.size();
    const std::uint16_t part = new_part();
    for (const CompiledRule* rule : list) add_to(parts_[part], *rule);
    known.emplace(list, part);
    part_of_class[port_class] = part;
  }
  std::ranges::sort(in_rest, {}, &CompiledRule::number);
  for (const CompiledRule* rule : in_rest) add_to(parts_[rest], *rule);
}

PatternId PayloadIndexBuilder::add_to(PrefilterBuilder& part, const CompiledRule& rule) const {
  PatternId id = 0;
  if (!streams_ || rule.payload_on_packet) id = part.add(*rule.indexed, rule.number, 0);
  if (streams_ && rule.payload_on_stream) id = part.add(*rule.indexed, rule.number, 1);
  return id;
}

void PayloadIndexBuilder::build(const PortClasses& ports, bool streams, PayloadIndex& index,
                                std::vector<PendingPrefilter>& pending) {
  if (rules_.empty()) return;
  streams_ = streams;
  const std::uint32_t classes = ports.class_count();
  index.of_destination_.assign(classes, 0);
  index.of_source_.assign(classes, 0);
  budget_ = 2 * rules_.size() + 1024;
  const std::uint16_t any = new_part();

  std::map<std::uint16_t, std::vector<std::uint32_t>> classes_of_set;
  /// Empty: too many ports.
  const auto few = [&](std::uint16_t set) -> const std::vector<std::uint32_t>& {
    static const std::vector<std::uint32_t> kNone;
    if (set == PortClasses::kAny) return kNone;
    const auto [found, is_new] = classes_of_set.try_emplace(set);
    if (is_new) {
      std::uint32_t covered = 0;
      for (std::uint32_t i = 0; i < classes; ++i) {
        if (!ports.row_of_class(i).has(set)) continue;
        covered += ports.size_of_class(i);
        found->second.push_back(i);
      }
      if (covered > kManyPorts) found->second.clear();
    }
    return found->second;
  };
  ByClass by_destination, by_source;
  std::vector<const CompiledRule*> for_any, for_ports;
  std::map<std::size_t, std::vector<const CompiledRule*>> by_proto;
  for (const CompiledRule* const rule : rules_) {
    if (rule->needs_protos && std::popcount(rule->protos) <= kFewProtos) {
      for (ProtoSet left = rule->protos; left != 0; left &= left - 1) {
        by_proto[static_cast<std::size_t>(std::countr_zero(left))].push_back(rule);
      }
      continue;
    }
    const RuleGate gate = RuleGate::of(*rule);  // knows of which rules ports are not looked at
    if (!gate.both_ways) {
      if (const auto& list = few(gate.destination_ports); !list.empty()) {
        for (const std::uint32_t each : list) by_destination[each].push_back(rule);
        for_ports.push_back(rule);
        continue;
      }
      if (const auto& list = few(gate.source_ports); !list.empty()) {
        for (const std::uint32_t each : list) by_source[each].push_back(rule);
        for_ports.push_back(rule);
        continue;
      }
    }
    for_any.push_back(rule);
  }
  for (ByClass* const by : {&by_destination, &by_source}) {
    std::erase_if(*by, [&](const auto& each) {
      const auto& list = each.second;
      if (list.size() >= kEnoughRules) return false;
      for_any.insert(for_any.end(), list.begin(), list.end());
      return true;
    });
  }
  if (for_any.size() >= kManyPatterns && for_ports.size() <= kMostForPorts * for_any.size()) {
    for_any.insert(for_any.end(), for_ports.begin(), for_ports.end());
    by_destination.clear();
    by_source.clear();
    std::erase_if(by_proto, [&](const auto& each) {
      const auto& list = each.second;
      if (list.size() >= kEnoughForProto) return false;
      for_any.insert(for_any.end(), list.begin(), list.end());
      return true;
    });
  }
  const auto once_in_order = [](std::vector<const CompiledRule*>& rules) {
    std::ranges::sort(rules, {}, &CompiledRule::number);
    const auto repeated = std::ranges::unique(rules);
    rules.erase(repeated.begin(), repeated.end());
  };
  once_in_order(for_any);
  for (const CompiledRule* const rule : for_any) add_to(parts_[any], *rule);
  for (auto& [proto, rules] : by_proto) {
    rules.insert(rules.end(), for_any.begin(), for_any.end());
    once_in_order(rules);
    const std::uint16_t part = new_part();
    index.of_proto_[proto] = part;
    index.protos_ |= ProtoSet{1} << proto;
    for (const CompiledRule* const rule : rules) add_to(parts_[part], *rule);
  }
  share_out(by_destination, index.of_destination_);
  share_out(by_source, index.of_source_);
  index.parts_.resize(parts_.size());
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto group = static_cast<unsigned>(pending.size() + 1);
    parts_[i].build(index.parts_[i].packet, pending, false, 0);
    if (!streams) continue;
    parts_[i].build(index.parts_[i].stream, pending, false, 1);
    for (auto each = pending.end() - 2; each != pending.end(); ++each) each->group = group;
  }
  PrefilterBuilder all;
  std::vector<PatternId> ids;
  for (const CompiledRule* const rule : rules_) ids.push_back(add_to(all, *rule));
  Prefilter* const lists[] = {&index.all_.packet, &index.all_.stream};
  all.build_short(std::span(lists).first(streams ? 2 : 1));
  if (!streams && index.all_.packet.short_matcher != nullptr) build_narrow(ports, all, ids, index);
}

/// Classes of ports for which the same patterns are left over share a matcher. `ids`: of the rules'
/// patterns.
void PayloadIndexBuilder::build_narrow(const PortClasses& ports, const PrefilterBuilder& all,
                                       const std::vector<PatternId>& ids,
                                       PayloadIndex& index) const {
  using Left = std::vector<bool>;  // by pattern
  std::vector<RuleGate> gates;
  for (const CompiledRule* const rule : rules_) gates.push_back(RuleGate::of(*rule));
  const std::size_t count = all.patterns().size();
  std::map<Left, std::vector<std::uint16_t*>> places;
  const auto divide = [&](std::vector<std::uint16_t>& number_of_class, std::uint16_t RuleGate::*own,
                          std::uint16_t RuleGate::*other) {
    number_of_class.assign(ports.class_count(), 0);
    for (std::uint32_t i = 0; i < number_of_class.size(); ++i) {
      const SetRow row = ports.row_of_class(i);
      const auto has = [&row](std::uint16_t set) { return set == RuleGate::kAny || row.has(set); };
      Left left(count);
      for (std::size_t rule = 0; rule < gates.size(); ++rule) {
        const RuleGate& gate = gates[rule];
        if (has(gate.*own) || (gate.both_ways && has(gate.*other))) left[ids[rule]] = true;
      }
      places[std::move(left)].push_back(&number_of_class[i]);
    }
  };
  divide(index.narrow_of_destination_, &RuleGate::destination_ports, &RuleGate::source_ports);
  divide(index.narrow_of_source_, &RuleGate::source_ports, &RuleGate::destination_ports);

  struct Narrow {
    std::vector<BytePattern> patterns;
    const std::vector<std::uint16_t*>* places;
  };
  std::vector<Narrow> order;
  for (const auto& [left, numbers] : places) {
    order.push_back({{}, &numbers});
    for (const BytePattern& pattern : all.patterns()) {
      if (left[pattern.id]) order.back().patterns.push_back(pattern);
    }
  }
  std::ranges::stable_sort(order, {}, [](const Narrow& each) { return each.patterns.size(); });
  for (const Narrow& each : order) {
    const bool is_worth_it =
        index.narrow_.size() < kMostNarrow && each.patterns.size() * 8 <= count * 7;
    for (std::uint16_t* const number : *each.places) {
      *number = static_cast<std::uint16_t>(index.narrow_.size());
    }
    if (!is_worth_it) continue;
    index.narrow_.push_back(std::make_shared<const ShortBufferMatcher>(each.patterns));
  }
  index.narrow_.push_back(index.all_.packet.short_matcher);
}

}  // namespace culvert
