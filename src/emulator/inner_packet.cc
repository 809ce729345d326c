#include "emulator/inner_packet.h"

#include "base/byte_cursor.h"

namespace culvert::emulator {
namespace {

constexpr int kMaxExtensionHeaders = 16;
constexpr std::size_t kTcpHeaderBytes = 20;

void parse_transport(InnerPacket& packet, bool later_fragment) {
  if (later_fragment) return;
  ByteCursor in(packet.transport);
  if (packet.protocol != kProtocolTcp && packet.protocol != kProtocolUdp) return;
  packet.source_port = in.u16();
  packet.destination_port = in.u16();
  packet.has_ports = in.ok();
  if (!packet.has_ports || packet.protocol != kProtocolTcp) return;
  packet.tcp_sequence = in.u32();
  packet.tcp_acknowledgment = in.u32();
  const std::size_t header_bytes = std::size_t{in.u8()} >> 4 << 2;
  const std::uint8_t flags = in.u8();
  if (!in.ok()) return;
  packet.tcp_flags = flags;
  if (header_bytes >= kTcpHeaderBytes && header_bytes <= packet.transport.size())
    packet.tcp_payload_bytes = packet.transport.size() - header_bytes;
}

std::optional<InnerPacket> parse_v4(Bytes bytes, bool whole) {
  InnerPacket packet;
  ByteCursor in(bytes);
  const std::size_t header_bytes = std::size_t{in.u8()} % 16 * 4;
  in.skip(1);
  const std::size_t total_bytes = in.u16();
  in.skip(2);
  const std::uint16_t fragment = in.u16();
  in.skip(1);
  packet.protocol = in.u8();
  in.skip(2);
  packet.source = IpAddress::from_bytes(in.take(4));
  packet.destination = IpAddress::from_bytes(in.take(4));
  if (!in.ok() || header_bytes < 20 || total_bytes < header_bytes) return std::nullopt;
  if (bytes.size() < header_bytes || (whole && bytes.size() < total_bytes)) return std::nullopt;
  packet.transport =
      bytes.first(bytes.size() < total_bytes ? bytes.size() : total_bytes).subspan(header_bytes);
  parse_transport(packet, (fragment & 0x1fff) != 0);
  return packet;
}

std::optional<InnerPacket> parse_v6(Bytes bytes, bool whole) {
  InnerPacket packet;
  ByteCursor in(bytes);
  in.skip(4);
  const std::size_t payload_bytes = in.u16();
  packet.protocol = in.u8();
  in.skip(1);
  packet.source = IpAddress::from_bytes(in.take(16));
  packet.destination = IpAddress::from_bytes(in.take(16));
  if (!in.ok() || (whole && in.size() < payload_bytes)) return std::nullopt;
  packet.transport = in.rest().first(in.size() < payload_bytes ? in.size() : payload_bytes);

  bool later_fragment = false;
  for (int count = 0; count < kMaxExtensionHeaders && !later_fragment; ++count) {
    ByteCursor header(packet.transport);
    const std::uint8_t next = header.u8();
    std::size_t size = 0;
    switch (packet.protocol) {
      case 0:   // hop-by-hop
      case 43:  // routing
      case 60:  // destination options
        size = (std::size_t{header.u8()} + 1) * 8;
        break;
      case 44:  // fragment
        header.skip(1);
        later_fragment = (header.u16() & 0xfff8) != 0;
        size = 8;
        break;
      case 51:  // authentication
        size = (std::size_t{header.u8()} + 2) * 4;
        break;
      default:
        parse_transport(packet, false);
        return packet;
    }
    if (!header.ok() || size > packet.transport.size())
      return whole ? std::nullopt : std::optional(packet);
    packet.transport = packet.transport.subspan(size);
    packet.protocol = next;
  }
  return packet;
}

std::optional<InnerPacket> parse_any(Bytes bytes, bool whole) {
  if (bytes.empty()) return std::nullopt;
  switch (std::to_integer<unsigned>(bytes[0]) >> 4) {
    case 4:
      return parse_v4(bytes, whole);
    case 6:
      return parse_v6(bytes, whole);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<InnerPacket> InnerPacket::parse(Bytes bytes) { return parse_any(bytes, true); }
std::optional<InnerPacket> InnerPacket::parse_quoted(Bytes bytes) {
  return parse_any(bytes, false);
}

std::optional<InnerPacket> quoted_by_icmp_error(const InnerPacket& packet) {
  ByteCursor in(packet.transport);
  const std::uint8_t type = in.u8();
  in.skip(7);
  const bool is_v4_error = packet.protocol == kProtocolIcmp &&
                           (type == 3 || type == 4 || type == 5 || type == 11 || type == 12);
  const bool is_v6_error = packet.protocol == kProtocolIcmpV6 && type >= 1 && type <= 4;
  if (!in.ok() || (!is_v4_error && !is_v6_error)) return std::nullopt;
  return InnerPacket::parse_quoted(in.rest());
}

}  // namespace culvert::emulator
