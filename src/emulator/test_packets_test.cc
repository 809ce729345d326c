#include "emulator/test_packets.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "emulator/returned_packet.h"

namespace culvert::emulator {
namespace {

void append(Buffer& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i)
    out.push_back(static_cast<std::byte>(value >> (8 * (width - 1 - i)) & 0xff));
}
void append(Buffer& out, Bytes bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
void put_u16(Buffer& out, std::size_t at, std::size_t value) {
  out[at] = static_cast<std::byte>(value >> 8 & 0xff);
  out[at + 1] = static_cast<std::byte>(value & 0xff);
}

Buffer make_ip(const IpAddress& source, const IpAddress& destination, std::uint8_t protocol,
               Bytes transport) {
  Buffer out;
  if (source.is_v4()) {
    append(out, 0x4500, 2);
    append(out, 20 + transport.size(), 2);
    append(out, 0x12344000, 4);
    append(out, 64u << 8 | protocol, 2);
    append(out, 0, 2);
    append(out, source.bytes());
    append(out, destination.bytes());
    put_u16(out, 10, fold_checksum(add_to_sum(0, out)));
  } else {
    append(out, 0x60000000, 4);
    append(out, transport.size(), 2);
    append(out, std::size_t{protocol} << 8 | 64, 2);
    append(out, source.bytes());
    append(out, destination.bytes());
  }
  append(out, transport);
  return out;
}

std::uint16_t transport_checksum(const IpAddress& source, const IpAddress& destination,
                                 std::uint8_t protocol, Bytes transport) {
  std::uint64_t sum = protocol + transport.size();
  sum = add_to_sum(add_to_sum(sum, source.bytes()), destination.bytes());
  return fold_checksum(add_to_sum(sum, transport));
}

}  // namespace

Buffer make_packet(const TestPacket& packet) {
  const IpAddress source = IpAddress::parse(packet.source).value();
  const IpAddress destination = IpAddress::parse(packet.destination).value();
  Buffer transport;
  std::size_t checksum_at = 0;
  if (packet.protocol == 17 || packet.protocol == 6) {
    append(transport, packet.source_port, 2);
    append(transport, packet.destination_port, 2);
  }
  if (packet.protocol == 17) {
    append(transport, 8 + packet.payload.size(), 2);
    append(transport, 0, 2);
    checksum_at = 6;
  } else if (packet.protocol == 6) {
    append(transport, packet.sequence, 4);
    append(transport, packet.acknowledgment, 4);
    append(transport, 0x5000u | packet.tcp_flags, 2);
    append(transport, 0xffff, 2);
    append(transport, 0, 4);
    checksum_at = 16;
  }
  append(transport, as_bytes(packet.payload));
  if (checksum_at != 0)
    put_u16(transport, checksum_at,
            transport_checksum(source, destination, packet.protocol, transport));
  return make_ip(source, destination, packet.protocol, transport);
}

Buffer make_unreachable(std::string_view source_text, Bytes quoted) {
  const IpAddress source = IpAddress::parse(source_text).value();
  const bool is_v4 = source.is_v4();
  const IpAddress destination =
      IpAddress::from_bytes(is_v4 ? quoted.subspan(12, 4) : quoted.subspan(8, 16));
  Buffer icmp;
  append(icmp, is_v4 ? 0x030a0000 : 0x01010000, 4);
  append(icmp, 0, 4);
  append(icmp, quoted.first(std::min<std::size_t>(quoted.size(), is_v4 ? 28 : 48)));
  const std::uint8_t protocol = is_v4 ? 1 : 58;
  put_u16(icmp, 2,
          is_v4 ? fold_checksum(add_to_sum(0, icmp))
                : transport_checksum(source, destination, protocol, icmp));
  return make_ip(source, destination, protocol, icmp);
}

Buffer return_in_place(Bytes datagram) {
  Buffer out(datagram.begin(), datagram.end());
  std::swap_ranges(out.begin() + 12, out.begin() + 16, out.begin() + 16);
  return out;
}

Buffer return_with_inner(Bytes datagram, Bytes inner) {
  Buffer out = return_in_place(datagram.first(kEncapsulationBytes));
  append(out, inner);
  put_u16(out, 2, out.size());
  put_u16(out, 24, out.size() - 20);
  fix_outer_checksums(out);
  return out;
}

void fix_outer_checksums(Buffer& datagram) {
  put_u16(datagram, 10, 0);
  put_u16(datagram, 10, fold_checksum(add_to_sum(0, Bytes(datagram).first(20))));
  put_u16(datagram, 26, 0);
}

TEST(TestPackets, HaveRightChecksums) {
  for (const std::uint8_t protocol : {kProtocolTcp, kProtocolUdp}) {
    const Buffer packets[] = {
        make_packet({.protocol = protocol}),
        make_packet({.source = "2001:db8::1", .destination = "2001:db8::2", .protocol = protocol})};
    for (const Buffer& packet : packets) {
      EXPECT_TRUE(has_right_checksums(packet, InnerPacket::parse(packet).value()));
      const Buffer icmp = make_unreachable(InnerPacket::parse(packet)->destination.text(), packet);
      EXPECT_TRUE(has_right_checksums(icmp, InnerPacket::parse(icmp).value()));
    }
  }
}

}  // namespace culvert::emulator
