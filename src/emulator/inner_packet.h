// What a load balancer has to know of the packets that it carries: addresses, ports, TCP flags.
// IPv4 (RFC 791), IPv6 with extension headers (RFC 8200). Apart from culvert's own decoder on
// purpose: the emulator is to judge it, and must not share its mistakes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/address.h"

namespace culvert::emulator {

inline constexpr std::uint8_t kProtocolIcmp = 1, kProtocolTcp = 6, kProtocolUdp = 17,
                              kProtocolIcmpV6 = 58;

/// The fields of one IP packet. Views the bytes it was parsed from.
struct InnerPacket {
  IpAddress source, destination;
  std::uint8_t protocol = 0;  ///< after IPv6 extension headers
  bool has_ports = false;     ///< TCP or UDP, and not a later fragment
  std::uint16_t source_port = 0, destination_port = 0;
  std::uint8_t tcp_flags = 0;  ///< 0 unless TCP with its header there
  std::uint32_t tcp_sequence = 0, tcp_acknowledgment = 0;
  std::size_t tcp_payload_bytes = 0;
  Bytes transport;  ///< after the IP header(s), up to the packet's own length

  bool is_tcp() const { return protocol == kProtocolTcp; }

  /// Nothing when it is not a whole IP packet: version, header length, or a length field beyond the
  /// bytes. Bytes after the packet's own length are left out of `transport`.
  static std::optional<InnerPacket> parse(Bytes bytes);
  /// The same for the packet that an ICMP error quotes, of which only the front is there.
  static std::optional<InnerPacket> parse_quoted(Bytes bytes);
};

inline constexpr std::uint8_t kTcpFin = 0x01, kTcpSyn = 0x02, kTcpRst = 0x04, kTcpAck = 0x10;

/// Whether it is an ICMP or ICMPv6 error (RFC 792, RFC 4443), and then the packet it quotes.
std::optional<InnerPacket> quoted_by_icmp_error(const InnerPacket& packet);

}  // namespace culvert::emulator
