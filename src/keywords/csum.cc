// ipv4-csum, tcpv4-csum ...: whether a checksum is right, whatever the stream makes of wrong ones;
// with -k none all are but those within tunnels, as in the reference.
// `tcpv4-csum:invalid`, `ipv4-csum:valid`.
#include "base/ascii_case.h"
#include "detect/rule_draft.h"
#include "keywords/keyword_tables.h"
#include "keywords/packet_match.h"
#include "packet/checksums.h"
#include "rule/value.h"

namespace culvert::keywords {
namespace {

template <Layer3 kLayer3, Layer4 kLayer4>
Result<void> compile_csum(RuleBuilder& rule, std::string_view argument) {
  const std::string text = ascii_lower(trim(argument));
  if (text != "valid" && text != "invalid") return failure("a checksum is valid or invalid");
  const bool wanted = text == "valid";
  const bool ignored = draft_of(rule).catalog.environment.ignores_checksums;
  add_packet_test(rule, [wanted, ignored](const Packet& packet) {
    if (packet.layer3 != kLayer3 || (kLayer4 != Layer4::kNone && packet.layer4 != kLayer4))
      return false;
    if (ignored && packet.tunnel == TunnelKind::kNone) return wanted;
    const bool valid =
        kLayer4 == Layer4::kNone ? has_valid_ip_checksum(packet) : has_valid_l4_checksum(packet);
    return valid == wanted;
  });
  return {};
}

constexpr KeywordSpec kSpecs[] = {
    {.name = "ipv4-csum", .help = "whether the IPv4 header checksum is valid or invalid",
     .compile = compile_csum<Layer3::kIpv4, Layer4::kNone>},
    {.name = "tcpv4-csum", .help = "the same of TCP over IPv4",
     .compile = compile_csum<Layer3::kIpv4, Layer4::kTcp>},
    {.name = "tcpv6-csum", .help = "the same of TCP over IPv6",
     .compile = compile_csum<Layer3::kIpv6, Layer4::kTcp>},
    {.name = "udpv4-csum", .help = "the same of UDP over IPv4",
     .compile = compile_csum<Layer3::kIpv4, Layer4::kUdp>},
    {.name = "udpv6-csum", .help = "the same of UDP over IPv6",
     .compile = compile_csum<Layer3::kIpv6, Layer4::kUdp>},
    {.name = "icmpv4-csum", .help = "the same of ICMP",
     .compile = compile_csum<Layer3::kIpv4, Layer4::kIcmp4>},
    {.name = "icmpv6-csum", .help = "the same of ICMPv6",
     .compile = compile_csum<Layer3::kIpv6, Layer4::kIcmp6>},
};

}  // namespace

std::span<const KeywordSpec> csum_keywords() { return kSpecs; }

}  // namespace culvert::keywords
