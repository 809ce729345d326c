#include "emulator/returned_packet.h"

#include <gtest/gtest.h>

#include "emulator/envelope.h"
#include "emulator/test_packets.h"

namespace culvert::emulator {
namespace {

Buffer make_datagram(Bytes inner) {
  const Envelope envelope{.gwlb_address = 0x0a090001,
                          .entropy_port = 54321,
                          .cookie = 7,
                          .endpoint = 0x123,
                          .attachment = 9,
                          .inner_is_v6 = false};
  Buffer datagram(kEncapsulationBytes);
  write_encapsulation(std::span<std::byte, kEncapsulationBytes>(datagram), envelope, 0x0a09000a,
                      inner, UdpChecksum::kNone);
  datagram.insert(datagram.end(), inner.begin(), inner.end());
  return datagram;
}

TEST(ParseReturned, NamesWhatIsMalformed) {
  const auto set = set_byte;
  const SpoiledPacket cases[] = {
      {"IP version 6", set(0, 0x65), Violation::kOuterHeader},
      {"IP header length below 5 words", set(0, 0x44), Violation::kOuterHeader},
      {"total length beyond the bytes", set(2, 0x7f), Violation::kOuterHeader},
      {"not UDP", set(9, 6), Violation::kOuterHeader},
      {"more fragments", set(6, 0x20), Violation::kOuterFragment},
      {"a later fragment", set(7, 1), Violation::kOuterFragment},
      {"UDP length beyond the packet", set(24, 0x7f), Violation::kOuterHeader},
      {"UDP length below its header", [](Buffer& d) { d[24] = d[25] = std::byte{}; },
       Violation::kOuterHeader},
      {"destination port", set(23, 1), Violation::kDestinationPort},
      {"ports swapped",
       [](Buffer& d) {
         std::swap(d[20], d[22]);
         std::swap(d[21], d[23]);
       },
       Violation::kPortsSwapped},
      {"GENEVE version 1", set(28, 0x48), Violation::kGeneveMalformed},
      {"options longer than the packet", set(28, 0x3f), Violation::kGeneveMalformed},
      {"no options", set(28, 0), Violation::kGeneveMalformed},
      {"an option longer than the options", set(39, 0x1f), Violation::kGeneveMalformed},
      {"endpoint option of another type", set(38, 9), Violation::kGeneveMalformed},
      {"cookie option of another class", set(61, 9), Violation::kGeneveMalformed},
      {"inner version", set(68, 0x95), Violation::kInnerMalformed},
      {"inner length beyond the packet", set(70, 0x7f), Violation::kInnerMalformed},
  };
  for (const auto& row : cases) {
    Buffer datagram = make_datagram(make_packet({}));
    row.change(datagram);
    fix_outer_checksums(datagram);
    const auto packet = parse_returned(datagram);
    ASSERT_FALSE(packet) << row.name;
    EXPECT_EQ(packet.error(), row.expected) << row.name;
  }
}

TEST(ParseReturned, HoldsChecksumsThatAreThere) {
  Buffer datagram = make_datagram(make_packet({}));
  datagram[26] = std::byte{0x12};
  EXPECT_EQ(parse_returned(datagram).error(), Violation::kOuterHeader);
  EXPECT_TRUE(parse_returned(datagram, false));
  datagram[26] = std::byte{};
  datagram[8] = std::byte{1};  // TTL, and the IP checksum as it was
  EXPECT_EQ(parse_returned(datagram).error(), Violation::kOuterHeader);
}

TEST(ParseReturned, IsNotConfusedByAnyCut) {
  const Buffer datagram = make_datagram(make_packet({}));
  for (std::size_t size = 0; size < datagram.size(); ++size) {
    Buffer cut(datagram.begin(), datagram.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(parse_returned(cut)) << size;
  }
}

TEST(InnerPacket, ReadsThroughIpv6ExtensionHeaders) {
  Buffer packet =
      make_packet({.source = "2001:db8::1", .destination = "2001:db8::2", .protocol = 17});
  // Hop-by-hop options (8 bytes, one PadN) between the header and UDP.
  const int hop_by_hop[] = {17, 0, 1, 4, 0, 0, 0, 0};
  for (int i = 0; i < 8; ++i)
    packet.insert(packet.begin() + 40 + i, static_cast<std::byte>(hop_by_hop[i]));
  packet[6] = std::byte{0};
  packet[5] = static_cast<std::byte>(std::to_integer<int>(packet[5]) + 8);
  const auto parsed = InnerPacket::parse(packet);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->protocol, 17);
  EXPECT_EQ(parsed->destination_port, 53);

  packet[41] = std::byte{0x40};  // says that it is longer than the packet
  EXPECT_FALSE(InnerPacket::parse(packet));
}

TEST(InnerPacket, LaterFragmentsHaveNoPorts) {
  Buffer packet = make_packet({});
  EXPECT_TRUE(InnerPacket::parse(packet)->has_ports);
  packet[7] = std::byte{5};
  EXPECT_FALSE(InnerPacket::parse(packet)->has_ports);
}

}  // namespace
}  // namespace culvert::emulator
