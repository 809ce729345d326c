// ip.src, ip.dst: the packet's addresses as buffers of 4 or 16 bytes, for dataset. l3_proto: which IP.
#include "base/ascii_case.h"
#include "keywords/keyword_tables.h"
#include "keywords/packet_match.h"
#include "rule/value.h"

namespace culvert::keywords {
namespace {

constexpr PacketBuffer kSource{"ip.src", [](const Packet& packet) -> std::optional<Bytes> {
                                 if (!packet.is_ip()) return std::nullopt;
                                 return packet.source.bytes();
                               }};
constexpr PacketBuffer kDestination{"ip.dst", [](const Packet& packet) -> std::optional<Bytes> {
                                      if (!packet.is_ip()) return std::nullopt;
                                      return packet.destination.bytes();
                                    }};

template <const PacketBuffer& kBuffer>
Result<void> compile_buffer(RuleBuilder& rule, std::string_view /*argument*/) {
  return draft_of(rule).select_packet_buffer(kBuffer);
}

Result<void> compile_l3_proto(RuleBuilder& rule, std::string_view argument) {
  const std::string text = ascii_lower(trim(argument));
  Layer3 wanted = Layer3::kIpv4;
  if (text == "ipv6" || text == "ip6" || text == "6") {
    wanted = Layer3::kIpv6;
  } else if (text != "ipv4" && text != "ip4" && text != "4") {
    return failure("l3_proto is ipv4 or ipv6");
  }
  add_packet_test(rule, [wanted](const Packet& packet) { return packet.layer3 == wanted; });
  return {};
}

constexpr KeywordSpec kSpecs[] = {
    {"ip.src", "source address as a buffer", KeywordArgument::kNone, compile_buffer<kSource>},
    {"ip.dst", "destination address as a buffer", KeywordArgument::kNone,
     compile_buffer<kDestination>},
    {"l3_proto", "whether the packet is IPv4 or IPv6", KeywordArgument::kRequired, compile_l3_proto},
};

}  // namespace

std::span<const KeywordSpec> address_keywords() { return kSpecs; }

}  // namespace culvert::keywords
