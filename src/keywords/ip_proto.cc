// ip_proto: protocol of the IP packet, by number or name. `ip_proto:47`, `ip_proto:!TCP`,
// `ip_proto:>100`.

#include "detect/packet_protocol.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/number_match.h"
#include "rule/value.h"

namespace culvert {
namespace {

constexpr std::pair<std::string_view, std::uint64_t> kNames[] = {
    {"ip", 0},    {"hopopt", 0}, {"icmp", 1},      {"igmp", 2},        {"ipencap", 4}, {"st", 5},
    {"tcp", 6},   {"egp", 8},    {"udp", 17},      {"dccp", 33},       {"ipv6", 41},   {"ipv6-route", 43},
    {"ipv6-frag", 44}, {"rsvp", 46}, {"gre", 47},  {"esp", 50},        {"ah", 51},     {"ipv6-icmp", 58},
    {"ipv6-nonxt", 59}, {"ipv6-opts", 60}, {"ospf", 89}, {"ipip", 94}, {"pim", 103},   {"vrrp", 112},
    {"l2tp", 115}, {"sctp", 132}, {"udplite", 136}, {"icmpv6", 58}};

struct IpProto final : Keyword {
  IpProto(NumberMatch m, bool n) : number(m), negated(n) {}
  bool match(const MatchContext& context) const noexcept override {
    return context.packet != nullptr && context.packet->is_ip() &&
           number.matches(protocol_for_rules(*context.packet)) != negated;
  }
  const NumberMatch number;
  const bool negated;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  if (draft.ast.protocol != "ip" && draft.ast.protocol != "ipv4" && draft.ast.protocol != "ipv6" &&
      draft.ast.protocol != "ip4" && draft.ast.protocol != "ip6") {
    return failure("ip_proto is for rules of the protocol ip");
  }
  std::string_view text = trim(argument);
  take_quotes(text);
  const bool negated = take_negation(text);
  const auto number = NumberMatch::parse(text, 255, kNames);
  if (!number) return tl::unexpected(number.error());
  draft.needs_packet = true;
  ++draft.ip_proto_matches;
  draft.add_packet_match(std::make_unique<IpProto>(*number, negated));
  return {};
}

}  // namespace

const KeywordSpec keywords::kIpProto{
    "ip_proto", "protocol of the IP packet", KeywordArgument::kRequired, compile, {}, true, true};

}  // namespace culvert
