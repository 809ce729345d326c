// The first part of a rule: protocol, hook, addresses, ports.

#include "app/protocol_spec.h"
#include "base/ascii_case.h"
#include "detect/firewall_options.h"
#include "detect/rule_compiler.h"
#include "detect/rule_hook.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct HeaderName {
  std::string_view name;
  RuleHeader::Layer layer;
  int protocols[2];  ///< of IP; -1: none
};
constexpr HeaderName kHeaderNames[] = {
    {"ip", RuleHeader::Layer::kIp, {-1, -1}},
    {"ip4", RuleHeader::Layer::kIpv4, {-1, -1}},
    {"ipv4", RuleHeader::Layer::kIpv4, {-1, -1}},
    {"ip6", RuleHeader::Layer::kIpv6, {-1, -1}},
    {"ipv6", RuleHeader::Layer::kIpv6, {-1, -1}},
    {"tcp", RuleHeader::Layer::kIp, {6, -1}},
    {"tcp-pkt", RuleHeader::Layer::kIp, {6, -1}},
    {"tcp-stream", RuleHeader::Layer::kIp, {6, -1}},
    {"udp", RuleHeader::Layer::kIp, {17, -1}},
    {"icmp", RuleHeader::Layer::kIp, {1, 58}},
    {"icmpv4", RuleHeader::Layer::kIp, {1, -1}},
    {"icmpv6", RuleHeader::Layer::kIp, {58, -1}},
    {"icmp4", RuleHeader::Layer::kIp, {1, -1}},
    {"icmp6", RuleHeader::Layer::kIp, {58, -1}},
    {"sctp", RuleHeader::Layer::kIp, {132, -1}},
    {"esp", RuleHeader::Layer::kIp, {50, -1}},
    {"gre", RuleHeader::Layer::kIp, {47, -1}},
    {"ah", RuleHeader::Layer::kIp, {51, -1}},
    {"dccp", RuleHeader::Layer::kIp, {33, -1}},
    {"pkthdr", RuleHeader::Layer::kPacket, {-1, -1}},
    {"ether", RuleHeader::Layer::kEthernet, {-1, -1}},
    {"arp", RuleHeader::Layer::kArp, {-1, -1}},
};

Result<void> compile_protocol(RuleDraft& draft, CompiledRule& rule) {
  const std::string& name = draft.ast.protocol;
  for (const HeaderName& each : kHeaderNames) {
    if (each.name != name) continue;
    rule.header.layer = each.layer;
    if (each.protocols[0] >= 0) {
      rule.header.any_protocol = false;
      for (const int protocol : each.protocols) {
        if (protocol >= 0) rule.header.protocols.set(static_cast<std::size_t>(protocol));
      }
    }
    if (name == "tcp-pkt") draft.flow.no_stream = true;
    if (name == "tcp-stream") draft.flow.only_stream = true;
    return {};
  }
  const auto proto = find_app_proto(name);
  // As in the reference: no capital letters, and no old name.
  if (!proto || name != ascii_lower(name) || name == "ssl" || *proto == AppProto::kUnknown ||
      *proto == AppProto::kFailed) {
    return failure("\"" + name + "\" is no protocol that rules know");
  }
  rule.header.any_protocol = false;
  bool parsed = false;
  for (const ProtocolSpec* spec : draft.catalog.environment.protocols) {
    if (!covers(*proto, spec->proto)) continue;
    parsed = true;
    for (const std::uint8_t ip_proto : spec->ip_protos) {
      if (ip_proto != 0) rule.header.protocols.set(ip_proto);
    }
  }
  if (!parsed) return failure("protocol \"" + name + "\" has no parser in this build");
  draft.has_header_protocol = true;
  return draft.require_protocol(*proto);
}

/// `dns:request_complete`, `tcp:flow_start`.
Result<void> compile_hook(RuleDraft& draft, CompiledRule& rule) {
  const std::string& hook = draft.ast.hook;
  if (hook.empty()) return {};
  if (!draft.has_header_protocol) {
    if (hook == "flow_start") {
      rule.hook = PacketHook::kFlowStart;
    } else if (hook == "pre_flow") {
      rule.hook = PacketHook::kPreFlow;
    } else if (hook == "pre_stream") {
      rule.hook = PacketHook::kPreStream;
    } else if (hook == "all") {
      rule.hook = PacketHook::kAll;
    } else {
      return failure("\"" + hook + "\" is no hook of " + draft.ast.protocol +
                     ": all, flow_start, pre_flow or pre_stream");
    }
    return {};
  }
  bool found = false;
  for (const ProtocolSpec* spec : draft.catalog.environment.protocols) {
    if ((draft.protos & proto_bit(spec->proto)) == 0) continue;
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      const int progress = find_hook(*spec, direction, hook);
      if (progress < 0 || !is_rule_hook(*spec, hook)) continue;
      if (draft.ast.protocol == "http" && !is_general_hook(hook)) continue;  // http1 has more
      found = true;
      BufferSide sides[2];
      sides[index_of(direction)] = {true, static_cast<std::uint8_t>(progress)};
      draft.hooks.push_back({spec->proto, sides[0], sides[1]});
      if (auto done = draft.require_direction(direction); !done) return done;
    }
  }
  if (!found) {
    return failure("protocol \"" + draft.ast.protocol + "\" does not support hook \"" + hook + "\"");
  }
  return {};
}

}  // namespace

Result<void> compile_header(RuleDraft& draft, CompiledRule& rule, RuleProgram& program) {
  if (auto done = compile_protocol(draft, rule); !done) return done;
  if (auto done = compile_hook(draft, rule); !done) return done;
  const RuleAst& ast = draft.ast;
  const auto place = [&](Error error, const RuleText& text) {
    draft.option_offset = text.offset;
    return tl::unexpected<Error>(std::move(error));
  };
  SetCache& sets = draft.catalog.sets;
  auto source = sets.addresses(ast.source.text);
  if (!source) return place(source.error(), ast.source);
  auto source_ports = sets.ports(ast.source_ports.text);
  if (!source_ports) return place(source_ports.error(), ast.source_ports);
  auto destination = sets.addresses(ast.destination.text);
  if (!destination) return place(destination.error(), ast.destination);
  auto destination_ports = sets.ports(ast.destination_ports.text);
  if (!destination_ports) return place(destination_ports.error(), ast.destination_ports);
  rule.header.source = program.addresses.add(*source);
  rule.header.destination = program.addresses.add(*destination);
  rule.header.source_ports = program.ports.add(*source_ports);
  rule.header.destination_ports = program.ports.add(*destination_ports);
  rule.header.both_ways = ast.direction == RuleDirection::kBoth;
  const auto negates = [](std::string_view text) { return text.find('!') != text.npos; };
  draft.has_negated_address = negates(ast.source.text) || negates(ast.destination.text);
  return {};
}

}  // namespace culvert
