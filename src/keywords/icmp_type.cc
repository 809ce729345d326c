// itype, icode: type and code of ICMP and ICMPv6 messages.

#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/number_match.h"
#include "rule/value.h"

namespace culvert {
namespace {

template <std::uint8_t Packet::*kMember>
struct IcmpNumber final : Keyword {
  explicit IcmpNumber(NumberMatch m) : number(m) {}
  bool match(const MatchContext& context) const noexcept override {
    const Packet* const packet = context.packet;
    if (packet == nullptr) return false;
    if (packet->layer4 != Layer4::kIcmp4 && packet->layer4 != Layer4::kIcmp6) return false;
    return number.matches(packet->*kMember);
  }
  const NumberMatch number;
};

template <std::uint8_t Packet::*kMember>
Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  const auto number = NumberMatch::parse(trim(argument), 255);
  if (!number) return tl::unexpected(number.error());
  draft_of(rule).needs_packet = true;
  rule.add_packet_match(std::make_unique<IcmpNumber<kMember>>(*number));
  return {};
}

}  // namespace

const KeywordSpec keywords::kItype{"itype", "ICMP type", KeywordArgument::kRequired,
                         compile<&Packet::icmp_type>};
const KeywordSpec keywords::kIcode{"icode", "ICMP code", KeywordArgument::kRequired,
                         compile<&Packet::icmp_code>};

}  // namespace culvert
