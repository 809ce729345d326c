// TCP, UDP, SCTP, ESP, IGMP, and checksums.
#include "net/ip.h"
#include "net/tcp.h"
#include "packet/checksums.h"
#include "packet/decoder.h"

namespace culvert {

void Decoder::tcp(Packet& packet, Bytes data) {
  counters_.tcp.add();
  TcpHeader header;
  switch (TcpHeader::parse(data, header)) {
    case TcpHeader::Fault::kNone:
      break;
    case TcpHeader::Fault::kTooSmall:
      return add_invalid(packet, PacketEvent::kTcpPktTooSmall);
    case TcpHeader::Fault::kHeaderLength:
      return add_invalid(packet, PacketEvent::kTcpInvalidOptlen);
    case TcpHeader::Fault::kCutShort:
      return add_invalid(packet, PacketEvent::kTcpHlenTooSmall);
  }
  packet.layer4 = Layer4::kTcp;
  packet.l4_header = header.bytes;
  packet.payload = data.subspan(header.bytes.size());
  packet.source_port = header.source_port();
  packet.destination_port = header.destination_port();
  // No options, or NOP NOP Timestamps, which is what most segments of a connection have.
  constexpr std::uint32_t kNopNopTimestamps = 0x0101080a;
  const Bytes options = header.options();
  if (!options.empty() &&
      !(options.size() == 12 && load_u32(options, 0) == kNopNopTimestamps)) {
    const TcpOptions parsed = TcpOptions::parse(options);
    for (unsigned i = 0; i < parsed.wrong_length; ++i) note(packet, PacketEvent::kTcpOptInvalidLen);
    if (parsed.malformed) add_invalid(packet, PacketEvent::kTcpOptInvalidLen);
    for (unsigned i = 0; i < parsed.duplicates; ++i) note(packet, PacketEvent::kTcpOptDuplicate);
    for (unsigned i = 0; i < parsed.large_window_scale; ++i) {
      note(packet, PacketEvent::kTcpOptWscaleOverMax);
    }
  }
  if (options_.validate_checksums) check_l4(packet);
}

void Decoder::udp(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kSize = 8;
  counters_.udp.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kUdpHlenTooSmall);
  const std::size_t length = load_u16(data, 4);
  if (length < kSize) return add_invalid(packet, PacketEvent::kUdpLenInvalid);
  if (length > data.size() && !packet.truncated) {
    return add_invalid(packet, PacketEvent::kUdpPktTooSmall);
  }
  packet.layer4 = Layer4::kUdp;
  packet.l4_header = data.first(kSize);
  packet.payload = data.subspan(kSize);
  if (length < data.size()) packet.payload = packet.payload.first(length - kSize);
  packet.source_port = load_u16(data, 0);
  packet.destination_port = load_u16(data, 2);
  if (teredo(packet, stack)) return;
  if (options_.vxlan_ports.has(packet.destination_port) && vxlan(packet, stack)) return;
  if (options_.geneve_ports.has(packet.destination_port) ||
      options_.geneve_ports.has(packet.source_port)) {
    geneve(packet, stack);
  }
}

/// RFC 9260 section 3.1: ports, verification tag, CRC32c.
void Decoder::sctp(Packet& packet, Bytes data) {
  constexpr std::size_t kSize = 12;
  counters_.sctp.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kSctpPktTooSmall);
  packet.layer4 = Layer4::kSctp;
  packet.l4_header = data.first(kSize);
  packet.payload = data.subspan(kSize);
  packet.source_port = load_u16(data, 0);
  packet.destination_port = load_u16(data, 2);
}

/// RFC 4303 section 2: SPI and sequence number; the rest is encrypted.
void Decoder::esp(Packet& packet, Bytes data) {
  constexpr std::size_t kSize = 8;
  counters_.esp.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kEspPktTooSmall);
  packet.layer4 = Layer4::kEsp;
  packet.l4_header = data.first(kSize);
  packet.payload = data.subspan(kSize);
}

/// RFC 2236 and RFC 3376: type, response time, checksum, group; all of it is header.
void Decoder::igmp(Packet& packet, Bytes data) {
  constexpr std::size_t kSize = 8;
  if (data.size() < kSize) return;
  counters_.igmp.add();
  packet.layer4 = Layer4::kIgmp;
  packet.l4_header = data;
}

void Decoder::check_ip(Packet& packet) {
  counters_.checked.add();
  packet.bad_ip_checksum = !has_valid_ip_checksum(packet);
  if (packet.bad_ip_checksum) counters_.bad_ip_checksums.add();
}

void Decoder::check_l4(Packet& packet) {
  packet.bad_l4_checksum = !has_valid_l4_checksum(packet);
  if (packet.bad_l4_checksum) counters_.bad_l4_checksums.add();
}

}  // namespace culvert
