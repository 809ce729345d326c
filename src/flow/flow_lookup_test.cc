#include "flow/flow_lookup.h"

#include <gtest/gtest.h>

#include "testing/hex.h"

namespace culvert {
namespace {

Packet packet_of(Layer4 layer4, std::uint8_t ip_proto, std::string_view source,
                 std::string_view destination) {
  Packet packet;
  packet.source = *IpAddress::parse(source);
  packet.destination = *IpAddress::parse(destination);
  packet.layer3 = packet.source.is_v4() ? Layer3::kIpv4 : Layer3::kIpv6;
  packet.layer4 = layer4;
  packet.ip_proto = ip_proto;
  return packet;
}
Packet reversed(Packet packet) {
  std::swap(packet.source, packet.destination);
  std::swap(packet.source_port, packet.destination_port);
  return packet;
}
FlowLookup look_up(const Packet& packet) { return make_flow_lookup(packet, FlowOptions{}, 5); }

TEST(FlowLookup, DirectionsShareAKey) {
  Packet tcp = packet_of(Layer4::kTcp, 6, "10.0.0.1", "10.0.0.2");
  tcp.source_port = 1000;
  tcp.destination_port = 80;
  EXPECT_EQ(look_up(tcp).key, look_up(reversed(tcp)).key);
  EXPECT_EQ(look_up(tcp).hash, look_up(reversed(tcp)).hash);
  EXPECT_NE(look_up(tcp).source_is_low, look_up(reversed(tcp)).source_is_low);
  Packet self = packet_of(Layer4::kTcp, 6, "10.0.0.1", "10.0.0.1");
  self.source_port = 1000;
  self.destination_port = 80;
  EXPECT_EQ(look_up(self).key, look_up(reversed(self)).key);
  EXPECT_NE(look_up(self).source_is_low, look_up(reversed(self)).source_is_low);
}

TEST(FlowLookup, IcmpRequestAndReplyShareAKey) {
  Packet request = packet_of(Layer4::kIcmp4, 1, "10.0.0.1", "10.0.0.2");
  request.icmp_type = 8;
  Packet reply = packet_of(Layer4::kIcmp4, 1, "10.0.0.2", "10.0.0.1");
  reply.icmp_type = 0;
  EXPECT_EQ(look_up(request).key, look_up(reply).key);
  Packet solicit = packet_of(Layer4::kIcmp6, 58, "fe80::1", "fe80::2");
  solicit.icmp_type = 135;
  Packet advert = packet_of(Layer4::kIcmp6, 58, "fe80::2", "fe80::1");
  advert.icmp_type = 136;
  EXPECT_EQ(look_up(solicit).key, look_up(advert).key);
}

TEST(FlowLookup, UnreachableBelongsToTheFlowItQuotes) {
  Packet query = packet_of(Layer4::kUdp, 17, "10.0.0.1", "10.0.0.2");
  query.source_port = 0x1000;
  query.destination_port = 53;
  Packet error = packet_of(Layer4::kIcmp4, 1, "10.0.0.9", "10.0.0.1");
  error.icmp_type = 3;
  const auto quotation = hex(
      "45 00 0020 0001 0000 40 11 0000 0a000001 0a000002  1000 0035 000c 0000");
  error.payload = quotation;
  EXPECT_EQ(look_up(error).key, look_up(query).key);
  EXPECT_NE(look_up(error).source_is_low, look_up(query).source_is_low);
  EXPECT_TRUE(look_up(error).is_icmp_error);
  for (std::size_t size = 0; size < 24; ++size) {
    error.payload = Bytes(quotation).first(size);
    EXPECT_EQ(look_up(error).key.ip_proto, 1) << size;
  }
}

TEST(FlowLookup, KeyParts) {
  const Packet plain = packet_of(Layer4::kUdp, 17, "10.0.0.1", "10.0.0.2");
  Packet vlan = plain, inner = plain, other = plain;
  vlan.vlan[0] = 5;
  inner.recursion_level = 1;
  other.tenant = {1, TenantKind::kInterface};
  for (const Packet& packet : {vlan, inner, other}) {
    EXPECT_FALSE(look_up(packet).key == look_up(plain).key);
    EXPECT_NE(look_up(packet).hash, look_up(plain).hash);
    FlowOptions blind;
    blind.vlan_tracking = blind.recursion_level_tracking = blind.interface_tracking = false;
    EXPECT_EQ(make_flow_lookup(packet, blind, 5).key, look_up(plain).key);
  }
}

TEST(FlowLookup, EspFlowsAreOfTheirSpi) {
  const auto header = hex("00010002 00000001");
  Packet esp = packet_of(Layer4::kEsp, 50, "10.0.0.2", "10.0.0.1");
  esp.l4_header = header;
  EXPECT_EQ(look_up(esp).key.low_port, 1);
  EXPECT_EQ(look_up(esp).key, look_up(esp).key);
  EXPECT_FALSE(look_up(esp).key == look_up(reversed(esp)).key);
}

TEST(FlowLookup, OtherKindsHaveNoFlow) {
  EXPECT_FALSE(look_up(packet_of(Layer4::kGre, 47, "10.0.0.1", "10.0.0.2")).wants_flow);
  EXPECT_FALSE(look_up(packet_of(Layer4::kNone, 99, "10.0.0.1", "10.0.0.2")).wants_flow);
  EXPECT_FALSE(look_up(Packet{}).wants_flow);
}

}  // namespace
}  // namespace culvert
