#include "packet/decoder.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "packet/checksums.h"
#include "testing/hex.h"
#include "testing/packet_builder.h"

namespace culvert {
namespace {

/// One packet decoded, with all that it views.
struct Decoded {
  explicit Decoded(std::vector<std::byte> frame, LinkType link = LinkType::kEthernet,
                   DecodeOptions options = {})
      : bytes(std::move(frame)), decoder(options, counters) {
    packet.data = bytes;
    packet.wire_length = static_cast<std::uint32_t>(bytes.size());
    packet.link = link;
    decoder.decode(packet, *stack);
  }
  std::vector<std::byte> bytes;
  DecodeCounters counters;
  std::unique_ptr<PacketStack> stack = std::make_unique<PacketStack>();
  Packet packet;
  Decoder decoder;
};

PacketBuilder tcp_in_ipv4() {
  return PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(1234, 80).payload("GET");
}

TEST(Decoder, EthernetIpv4Tcp) {
  const Decoded d(tcp_in_ipv4().build());
  const Packet& p = d.packet;
  EXPECT_EQ(p.layer3, Layer3::kIpv4);
  EXPECT_EQ(p.layer4, Layer4::kTcp);
  EXPECT_EQ(p.source.text(), "10.0.0.1");
  EXPECT_EQ(p.destination.text(), "10.0.0.2");
  EXPECT_EQ(p.source_port, 1234);
  EXPECT_EQ(p.destination_port, 80);
  EXPECT_EQ(as_text(p.payload), "GET");
  EXPECT_EQ(p.tcp_flags(), tcp::kAck);
  EXPECT_TRUE(p.events.empty());
  EXPECT_TRUE(d.stack->empty());
  EXPECT_EQ(d.counters.tcp.value(), 1u);
}

TEST(Decoder, VlanTagsArePartOfThePacket) {
  const Decoded d(PacketBuilder()
                      .ethernet()
                      .vlan(7, 0x88a8)
                      .vlan(42)
                      .ipv6("2001:db8::1", "2001:db8::2")
                      .udp(53, 5353)
                      .payload("x")
                      .build());
  EXPECT_EQ(d.packet.vlan_count, 2);
  EXPECT_EQ(d.packet.vlan[0], 7);
  EXPECT_EQ(d.packet.vlan[1], 42);
  EXPECT_TRUE(d.packet.is_udp());
  EXPECT_EQ(d.packet.source.text(), "2001:db8::1");
  EXPECT_EQ(d.counters.vlan_qinq.value(), 1u);
}

TEST(Decoder, PaddingIsNoPayload) {
  auto frame = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1, 2).build();
  frame.resize(60);
  EXPECT_TRUE(Decoded(frame).packet.payload.empty());
}

TEST(Decoder, WhatRulesSeeOfIcmp) {
  const struct {
    const char* name;
    int version;
    std::uint8_t type;
    std::uint32_t rest;  ///< the header's last four bytes
    std::string_view data, payload;
  } cases[] = {
      {"echo", 4, 8, 0x61626364, "0123456789abcdef", "0123456789abcdef"},
      {"timestamp", 4, 13, 0x61626364, "0123456789abcdef", "cdef"},
      {"timestamp, cut off", 4, 14, 0x61626364, "0123456789a", "0123456789a"},
      {"two addresses of a word each", 4, 9, 0x02010000, "0123456789abcdef", "89abcdef"},
      {"more addresses than there are bytes", 4, 9, 0x05010000, "0123456789", "0123456789"},
      {"echo of IPv6", 6, 128, 0x61626364, "0123456789abcdef", "0123456789abcdef"},
      {"error of IPv6", 6, 1, 0x61626364, "0123456789abcdef", "0123456789abcdef"},
      {"neighbour solicitation", 6, 135, 0x61626364, "0123456789abcdef", "abcd01234567"},
      {"unassigned", 6, 199, 0x61626364, "01234", "a"},
      {"twelve bytes", 6, 133, 0x61626364, "0123", ""},
  };
  for (const auto& each : cases) {
    PacketBuilder builder;
    builder.ethernet();
    if (each.version == 4) {
      builder.ipv4("10.0.0.1", "10.0.0.2").icmp4(each.type, 0, each.rest);
    } else {
      builder.ipv6("2001:db8::1", "2001:db8::2").icmp6(each.type, 0, each.rest);
    }
    const Decoded d(builder.payload(each.data).build());
    EXPECT_EQ(as_text(d.packet.payload), each.payload) << each.name;
    EXPECT_TRUE(has_valid_l4_checksum(d.packet)) << each.name;
  }
}

TEST(Decoder, ATunnelGivesAnotherPacket) {
  const Decoded d(PacketBuilder()
                      .ethernet()
                      .ipv4("10.1.0.1", "10.1.0.2")
                      .udp(5000, 4789)
                      .vxlan(77)
                      .ethernet()
                      .ipv4("192.168.0.1", "192.168.0.2")
                      .tcp(1, 2)
                      .build());
  ASSERT_EQ(d.stack->size(), 1u);
  const Packet& inner = (*d.stack)[0];
  EXPECT_TRUE(inner.is_tcp());
  EXPECT_EQ(inner.source.text(), "192.168.0.1");
  EXPECT_EQ(inner.tunnel, TunnelKind::kVxlan);
  EXPECT_EQ(inner.tunnel_vni, 77u);
  EXPECT_EQ(inner.recursion_level, 1);
  EXPECT_EQ(inner.root, &d.packet);
  EXPECT_TRUE(d.packet.is_udp());
}

TEST(Decoder, TunnelsInTunnels) {
  const Decoded d(PacketBuilder()
                      .ethernet()
                      .ipv4("10.1.0.1", "10.1.0.2")
                      .udp(5000, 6081)
                      .geneve(0, gwlb_options(1, 2, 3))
                      .ipv4("10.2.0.1", "10.2.0.2")
                      .gre()
                      .ipv6("2001:db8::1", "2001:db8::2")
                      .ipv4("10.3.0.1", "10.3.0.2")
                      .icmp4(8, 0)
                      .build());
  ASSERT_EQ(d.stack->size(), 3u);
  EXPECT_EQ((*d.stack)[0].tunnel, TunnelKind::kGeneve);
  EXPECT_EQ((*d.stack)[1].tunnel, TunnelKind::kGre);
  EXPECT_EQ((*d.stack)[2].tunnel, TunnelKind::kIpv4InIpv6);
  EXPECT_EQ((*d.stack)[2].layer4, Layer4::kIcmp4);
  EXPECT_EQ((*d.stack)[2].recursion_level, 3);
  EXPECT_EQ((*d.stack)[2].root, &d.packet);
}

TEST(Decoder, LayersAreLimited) {
  PacketBuilder builder;
  builder.ethernet();
  for (int i = 0; i < 40; ++i) builder.ipv4("10.0.0.1", "10.0.0.2");
  const Decoded d(builder.build());
  // Ethernet, and two for each tunnel; the last one that would be of them is not decoded any more.
  EXPECT_EQ(d.stack->size(), 6u);
  EXPECT_EQ(d.counters.tunnel_invalid.value(), 1u);
}

TEST(Decoder, AFragmentIsForDefrag) {
  const Decoded d(PacketBuilder()
                      .ethernet()
                      .ipv4("10.0.0.1", "10.0.0.2", {.id = 9, .fragment_offset = 16, .protocol = 17})
                      .filler(8)
                      .build());
  EXPECT_TRUE(d.packet.is_fragment);
  EXPECT_EQ(d.packet.fragment.id, 9u);
  EXPECT_EQ(d.packet.fragment.offset, 16);
  EXPECT_FALSE(d.packet.fragment.more);
  EXPECT_EQ(d.packet.layer4, Layer4::kNone);
}

TEST(Decoder, ChecksumsWhenAsked) {
  auto frame = tcp_in_ipv4().build();
  const DecodeOptions validate{.validate_checksums = true};
  EXPECT_FALSE(Decoded(frame, LinkType::kEthernet, validate).packet.bad_l4_checksum);
  frame.back() ^= std::byte{1};
  EXPECT_TRUE(Decoded(frame, LinkType::kEthernet, validate).packet.bad_l4_checksum);
  EXPECT_FALSE(Decoded(frame).packet.bad_l4_checksum);
  frame[15] ^= std::byte{1};
  EXPECT_TRUE(Decoded(frame, LinkType::kEthernet, validate).packet.bad_ip_checksum);
}

TEST(Decoder, GivesUpOnChecksumsOfACaptureWhereTooManyAreWrong) {
  auto frame = tcp_in_ipv4().build();
  frame.back() ^= std::byte{1};
  DecodeCounters counters;
  Decoder decoder({.validate_checksums = true, .give_up_on_bad_checksums = true}, counters);
  PacketStack stack;
  Packet packet;
  for (int i = 1; i <= 2000; ++i) {
    packet.data = frame;
    decoder.decode(packet, stack);
    EXPECT_EQ(packet.bad_l4_checksum, i < 1000) << i;
  }
}

}  // namespace
}  // namespace culvert
