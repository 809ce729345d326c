// Rules that never get a say because a broader pass rule comes first.

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "detect/rule_draft.h"
#include "insight/lint_context.h"

namespace culvert {
namespace {

/// The four sets of a rule's header.
struct Sets {
  std::shared_ptr<const AddressSet> source, destination;
  std::shared_ptr<const PortSet> source_ports, destination_ports;
};

bool contains(const AddressSet& a, const AddressSet& b) {
  return a.is_any() || (b.v4().without(a.v4()).empty() && b.v6().without(a.v6()).empty());
}
bool contains(const PortSet& a, const PortSet& b) { return a.is_all() || b.without(a).empty(); }

bool contains(const Sets& a, const Sets& b) {
  return contains(*a.source, *b.source) && contains(*a.destination, *b.destination) &&
         contains(*a.source_ports, *b.source_ports) && contains(*a.destination_ports, *b.destination_ports);
}
bool contains_reversed(const Sets& a, const Sets& b) {
  return contains(*a.source, *b.destination) && contains(*a.destination, *b.source) &&
         contains(*a.source_ports, *b.destination_ports) && contains(*a.destination_ports, *b.source_ports);
}

std::optional<Sets> sets_of(const RuleAst& ast, SetCache& cache) {
  const auto source = cache.addresses(ast.source.text);
  const auto destination = cache.addresses(ast.destination.text);
  const auto source_ports = cache.ports(ast.source_ports.text);
  const auto destination_ports = cache.ports(ast.destination_ports.text);
  if (!source || !destination || !source_ports || !destination_ports) return std::nullopt;
  return Sets{*source, *destination, *source_ports, *destination_ports};
}

bool same_layer(RuleHeader::Layer pass, RuleHeader::Layer other) {
  if (pass == other || pass == RuleHeader::Layer::kPacket) return true;
  return pass == RuleHeader::Layer::kIp &&
         (other == RuleHeader::Layer::kIpv4 || other == RuleHeader::Layer::kIpv6);
}

/// Passes whatever its header covers, whatever is in the packets.
bool passes_all(const CompiledRule& rule) {
  return rule.meta.is_pass && !rule.meta.is_firewall && rule.buffers.empty() && rule.packet_matches.empty() &&
         rule.transaction_matches.empty() && !rule.needs_flow && !rule.needs_protos &&
         rule.type != RuleType::kDecoderEvent && rule.hook == PacketHook::kNone &&
         rule.suppressions.empty() && !rule.threshold && !rule.detection_filter;
}

}  // namespace

void lint_shadowed(LintContext& context) {
  RuleCatalog catalog(context.environment);
  struct Pass {
    const LintRule* rule;
    Sets sets;
  };
  std::vector<Pass> passes;
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr || !passes_all(*each.rule)) continue;
    if (auto sets = sets_of(*each.ast, catalog.sets)) passes.push_back({&each, *sets});
  }
  if (passes.empty()) return;
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr || each.rule->meta.is_firewall) continue;
    const auto sets = sets_of(*each.ast, catalog.sets);
    if (!sets) continue;
    for (const Pass& pass : passes) {
      const CompiledRule& by = *pass.rule->rule;
      if (&by == each.rule || by.number > each.rule->number) continue;
      if (!same_layer(by.header.layer, each.rule->header.layer)) continue;
      if (!by.header.any_protocol && (each.rule->header.any_protocol ||
                                      (each.rule->header.protocols & ~by.header.protocols).any())) {
        continue;
      }
      const bool forward = contains(pass.sets, *sets);
      const bool reversed = contains_reversed(pass.sets, *sets);
      // A pass rule on addresses alone covers the flow, whichever way the packet goes.
      const bool either = by.header.both_ways || by.covers_flow;
      const bool covered = each.rule->header.both_ways ? forward && (either || reversed)
                                                       : forward || (either && reversed);
      if (!covered) continue;
      context.add("shadowed-by-pass", LintSeverity::kError, each,
                  fmt::format("the pass rule {} covers all traffic of this rule and comes first: it never has "
                              "a say",
                              name_rule(*pass.rule)),
                  "narrow the pass rule down (ports, flow, a protocol), or drop this rule");
      break;
    }
  }
}

}  // namespace culvert
