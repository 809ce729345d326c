// Packet headers as buffers: `tcp.hdr; content:...`.
#include "keywords/packet_headers.h"

#include "detect/rule_draft.h"

namespace culvert::keywords {
namespace {

std::optional<Bytes> header_of(bool wanted, Bytes header) {
  if (!wanted || header.empty()) return std::nullopt;
  return header;
}

/// As in the reference with the extension headers, when a transport follows them.
Bytes ipv6_header(const Packet& packet) {
  if (packet.l4_header.empty()) return packet.ip_header;
  const std::ptrdiff_t extensions = packet.l4_header.data() - packet.ip_payload.data();
  const auto most = static_cast<std::ptrdiff_t>(packet.ip_payload.size());
  if (extensions <= 0 || extensions > most) return packet.ip_header;
  return {packet.ip_header.data(), packet.ip_header.size() + static_cast<std::size_t>(extensions)};
}

constexpr PacketBuffer kIpv4{"ipv4.hdr", [](const Packet& packet) {
                               return header_of(packet.layer3 == Layer3::kIpv4, packet.ip_header);
                             }};
constexpr PacketBuffer kIpv6{"ipv6.hdr", [](const Packet& packet) {
                               return header_of(packet.layer3 == Layer3::kIpv6,
                                                ipv6_header(packet));
                             }};
constexpr PacketBuffer kTcp{"tcp.hdr", [](const Packet& packet) {
                              return header_of(packet.is_tcp(), packet.l4_header);
                            }};
constexpr PacketBuffer kUdp{"udp.hdr", [](const Packet& packet) {
                              return header_of(packet.is_udp(), packet.l4_header);
                            }};
constexpr PacketBuffer kIcmp4{"icmpv4.hdr", [](const Packet& packet) {
                                return header_of(packet.layer4 == Layer4::kIcmp4, packet.l4_header);
                              }};
constexpr PacketBuffer kIcmp6{"icmpv6.hdr", [](const Packet& packet) {
                                return header_of(packet.layer4 == Layer4::kIcmp6, packet.l4_header);
                              }};

template <const PacketBuffer& kBuffer>
Result<void> compile(RuleBuilder& rule, std::string_view /*argument*/) {
  RuleDraft& draft = draft_of(rule);
  draft.needs_packet = true;
  draft.looks_at_flow_only = false;
  return draft.select_packet_buffer(kBuffer);
}

constexpr KeywordSpec kSpecs[] = {
    {"ipv4.hdr", "IPv4 header with its options", KeywordArgument::kNone, compile<kIpv4>},
    {"ipv6.hdr", "IPv6 header with its extension headers", KeywordArgument::kNone, compile<kIpv6>},
    {"tcp.hdr", "TCP header with its options", KeywordArgument::kNone, compile<kTcp>},
    {"udp.hdr", "UDP header", KeywordArgument::kNone, compile<kUdp>},
    {"icmpv4.hdr", "ICMPv4 header, 8 bytes and what its type adds", KeywordArgument::kNone,
     compile<kIcmp4>},
    {"icmpv6.hdr", "ICMPv6 header, 8 bytes", KeywordArgument::kNone, compile<kIcmp6>},
};

}  // namespace

std::span<const KeywordSpec> packet_header_keywords() { return kSpecs; }

}  // namespace culvert::keywords
