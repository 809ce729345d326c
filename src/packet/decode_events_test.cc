// What the decoder says of packets that are not as they should be: a row for each event, with bytes as
// on the wire. The reference's judgements were taken from captures (tests/differential).
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "packet/decoder.h"
#include "testing/hex.h"
#include "testing/packet_builder.h"

namespace culvert {
namespace {

using Frame = std::vector<std::byte>;
using E = PacketEvent;

struct Row {
  const char* name;
  Frame frame;
  std::vector<PacketEvent> events;  ///< of the captured packet
  bool invalid = false;
  LinkType link = LinkType::kEthernet;
};

struct Outcome {
  std::vector<std::string> events;
  bool invalid;
  std::size_t inner;
};

Outcome decode(const Frame& frame, LinkType link) {
  DecodeCounters counters;
  Decoder decoder({}, counters);
  const auto stack = std::make_unique<PacketStack>();
  Packet packet;
  packet.data = frame;
  packet.link = link;
  decoder.decode(packet, *stack);
  Outcome outcome{{}, packet.invalid, stack->size()};
  for (const std::uint16_t event : packet.events) {
    outcome.events.emplace_back(kPacketEventNames[event]);
  }
  return outcome;
}

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const Outcome outcome = decode(row.frame, row.link);
    std::vector<std::string> expected;
    for (const PacketEvent event : row.events) expected.emplace_back(name_of(event));
    EXPECT_EQ(outcome.events, expected) << row.name;
    EXPECT_EQ(outcome.invalid, row.invalid) << row.name;
  }
}

PacketBuilder ethernet() { return PacketBuilder().ethernet(); }
/// A frame of the given EtherType.
Frame typed(std::uint16_t type, std::string_view body) {
  return PacketBuilder()
      .ethernet("02:00:00:00:00:01", "02:00:00:00:00:02", type)
      .raw(hex(body))
      .build();
}
Frame ipv4(std::uint8_t protocol, std::string_view body) {
  return ethernet().ipv4("10.0.0.1", "10.0.0.2", {.protocol = protocol}).raw(hex(body)).build();
}
Frame ipv4_options(std::string_view options) {
  return ethernet()
      .ipv4("10.0.0.1", "10.0.0.2", {.options = hex(options)})
      .udp(1, 2)
      .build();
}
Frame ipv6(std::uint8_t next, std::string_view body) {
  return ethernet()
      .ipv6("2001:db8::1", "2001:db8::2", {.next_header = next})
      .raw(hex(body))
      .build();
}
Frame tcp_options(std::string_view options) {
  return ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(1, 2, {.options = hex(options)}).build();
}
Frame cut(Frame frame, std::size_t size) {
  frame.resize(size);
  return frame;
}
Frame plain() { return ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1, 2).payload("x").build(); }
Frame changed(Frame frame, std::size_t at, std::uint8_t value) {
  frame[at] = std::byte{value};
  return frame;
}

TEST(DecodeEvents, Links) {
  check({
      {"right", plain(), {}},
      {"Ethernet cut", cut(plain(), 13), {E::kEthernetPktTooSmall}, true},
      {"unknown type", typed(0x1234, ""), {E::kEthernetUnknownEthertype}},
      {"SLL cut", cut(plain(), 15), {E::kSllPktTooSmall}, true, LinkType::kSll},
      {"SLL2 cut", cut(plain(), 19), {E::kSll2PktTooSmall}, true, LinkType::kSll2},
      {"HDLC cut", hex("0f0008"), {E::kChdlcPktTooSmall}, true, LinkType::kChdlc},
      {"null cut", hex("020000"), {E::kLtnullPktTooSmall}, true, LinkType::kNull},
      {"null, a family that nobody knows", hex("07000000 45"), {E::kLtnullUnsupportedType}, false,
       LinkType::kNull},
      {"raw, version 5", hex("55000014 00000000 00000000 00000000 00000000"),
       {E::kIprawInvalidIpVersion}, false, LinkType::kRaw},
      {"raw, empty", {}, {E::kIpv4PktTooSmall}, true, LinkType::kRaw},
      {"PPP cut", hex("ff03 00"), {E::kPppPktTooSmall}, true, LinkType::kPpp},
      {"PPP, short IPv4", hex("ff03 0021 4500"), {E::kPppIp4PktTooSmall}, true, LinkType::kPpp},
      {"PPP, short IPv6", hex("ff03 0057 6000"), {E::kPppIp6PktTooSmall}, true, LinkType::kPpp},
      {"PPP, short VJ", hex("ff03 002f 4500"), {E::kPppVjuPktTooSmall}, true, LinkType::kPpp},
      {"PPP, AppleTalk", hex("ff03 0029 0000"), {E::kPppUnsupProto}, false, LinkType::kPpp},
      {"PPP, LCP", hex("ff03 c021 0000"), {}, false, LinkType::kPpp},
      {"PPP, nothing known", hex("ff03 1234 0000"), {E::kPppWrongType}, true, LinkType::kPpp},
  });
}

TEST(DecodeEvents, Tags) {
  check({
      {"VLAN cut", typed(0x8100, "0005 08"), {E::kVlanHeaderTooSmall}, true},
      {"VLAN, unknown type", typed(0x8100, "0005 1234"),
       {E::kEthernetUnknownEthertype, E::kVlanUnknownType}, true},
      {"four VLANs", typed(0x8100, "0005 8100 0006 8100 0007 8100 0008 0800"),
       {E::kVlanTooManyLayers}},
      {"802.1ah cut", typed(0x88e7, "0000"), {E::kIeee8021ahHeaderTooSmall}, true},
      {"VN-Tag cut", typed(0x8926, "0000000008"), {E::kVntagHeaderTooSmall}, true},
      {"VN-Tag, unknown type", typed(0x8926, "00000000 1234"),
       {E::kEthernetUnknownEthertype, E::kVntagUnknownType}, true},
      {"DCE cut", typed(0x8903, "0000 0000"), {E::kDcePktTooSmall}, true},
      {"MPLS cut", typed(0x8847, "000140"), {E::kMplsHeaderTooSmall}, true},
      {"MPLS without a bottom", typed(0x8847, "00014040"), {E::kMplsHeaderTooSmall}, true},
      {"MPLS, nothing below", typed(0x8847, "00014140"), {E::kMplsPktTooSmall}, true},
      {"MPLS, neither IP nor Ethernet", typed(0x8847, "00014140 50000000"),
       {E::kMplsUnknownPayloadType}, true},
      {"MPLS, router alert at the bottom", typed(0x8847, "00001140"),
       {E::kMplsBadLabelRouterAlert}},
      {"MPLS, implicit null", typed(0x8847, "00003140"), {E::kMplsBadLabelImplicitNull}},
      {"MPLS, reserved", typed(0x8847, "00005140"), {E::kMplsBadLabelReserved}},
      {"PPPoE cut", typed(0x8864, "1100 0001 0002 00"), {E::kPppoePktTooSmall}, true},
      {"PPPoE discovery, unknown code", typed(0x8863, "1142 0001 0000"), {E::kPppoeWrongCode},
       true},
      {"PPPoE discovery, tags beyond the packet", typed(0x8863, "1109 0001 0008 0101 0000"),
       {E::kPppoeMalformedTags}, true},
      {"NSH cut", typed(0x894f, "0fc60101"), {E::kNshHeaderTooSmall}, true},
      {"NSH, version 1", typed(0x894f, "4fc60101 00000000"), {E::kNshUnsupportedVersion}},
      {"NSH, longer than the packet", typed(0x894f, "0fc60101 00000000"), {E::kNshBadHeaderLength},
       true},
      {"NSH, reserved type", typed(0x894f, "0fc20001 00000000 00"), {E::kNshReservedType}},
      {"NSH, unknown type", typed(0x894f, "0fc20501 00000000 00"), {E::kNshUnsupportedType}},
      {"NSH, unknown payload", typed(0x894f, "0fc20209 00000000 00"), {E::kNshUnknownPayload}},
      {"ARP cut", typed(0x0806, "0001 0800 06"), {E::kArpPktTooSmall}, true},
      {"ARP, not Ethernet", typed(0x0806, "0007 0800 0604 0001"), {E::kArpUnsupportedHardware},
       true},
      {"ARP, not IPv4", typed(0x0806, "0001 0806 0604 0001"), {E::kArpUnsupportedProtocol}, true},
      {"ARP, hardware size", typed(0x0806, "0001 0800 0504 0001"), {E::kArpInvalidHardwareSize},
       true},
      {"ARP, protocol size", typed(0x0806, "0001 0800 0605 0001"), {E::kArpInvalidProtocolSize},
       true},
      {"ARP, unknown operation",
       typed(0x0806, "0001 0800 0604 0009 00000000 00000000 00000000 00000000 00000000"),
       {E::kArpUnsupportedOpcode}, true},
  });
}

TEST(DecodeEvents, Ipv4) {
  check({
      {"cut", cut(plain(), 14 + 19), {E::kIpv4PktTooSmall}, true},
      {"version", changed(plain(), 14, 0x55), {E::kIpv4WrongIpVersion}, true},
      {"header length", changed(plain(), 14, 0x44), {E::kIpv4HlenTooSmall}, true},
      {"total length", changed(plain(), 17, 19), {E::kIpv4IplenSmallerThanHlen}, true},
      {"truncated", cut(plain(), 14 + 24), {E::kIpv4TruncPkt}, true},
      {"ICMPv6", ipv4(58, "00"), {E::kIpv4Icmpv6}, true},
      {"options not in 8 bytes", ipv4_options("94040000"), {E::kIpv4OptPadRequired}},
      {"a type at the end", ipv4_options("01010101 01010194"), {E::kIpv4OptEolRequired}},
      {"option beyond the header", ipv4_options("940a0000 00000000"), {E::kIpv4OptInvalidLen},
       true},
      {"router alert of 5 bytes", ipv4_options("94050000 00000000"), {E::kIpv4OptInvalidLen},
       true},
      {"record route without a slot", ipv4_options("07070500 00000000"), {E::kIpv4OptMalformed},
       true},
      {"timestamp, pointer", ipv4_options("44080600 00000000"), {E::kIpv4OptMalformed}, true},
      {"CIPSO, unknown tag", ipv4_options("860a0000 00010904 00010000 00000000"),
       {E::kIpv4OptMalformed}, true},
      {"unknown option", ipv4_options("45040000 00000000"), {E::kIpv4OptInvalid}},
      {"twice", ipv4_options("94040000 94040000"), {E::kIpv4OptDuplicate}},
  });
}

TEST(DecodeEvents, Ipv6) {
  const std::string rest = " 0001000200080000";  // UDP
  const auto plain6 =
      ethernet().ipv6("2001:db8::1", "2001:db8::2").udp(1, 2).payload("x").build();
  check({
      {"right", plain6, {}},
      {"cut", cut(plain6, 14 + 39), {E::kIpv6PktTooSmall}, true},
      {"version", changed(plain6, 14, 0x50), {E::kIpv6WrongIpVersion}, true},
      {"truncated", cut(plain6, 14 + 41), {E::kIpv6TruncPkt}, true},
      {"unknown next header", ipv6(253, "00"), {E::kIpv6UnknownNextHeader}},
      {"ICMPv4", ipv6(1, "00"), {E::kIpv6Icmpv4}},
      {"data after no next header", ipv6(59, "00"), {E::kIpv6DataAfterNoneHeader}},
      {"extension header cut", ipv6(0, "11000502"), {E::kIpv6TruncExthdr}, true},
      {"nothing after an extension header", ipv6(0, "1100050200000100"), {E::kIpv6ZeroLenPadn, E::kIpv6TruncExthdr},
       true},
      {"hop-by-hop twice", ipv6(0, "0000050200000100 1100050200000100" + rest),
       {E::kIpv6ZeroLenPadn, E::kIpv6ExthdrDuplHh}},
      {"only padding", ipv6(0, "1100010400000000" + rest), {E::kIpv6HopoptsOnlyPadding}},
      {"only padding for the destination", ipv6(60, "1100010400000000" + rest),
       {E::kIpv6DstoptsOnlyPadding}},
      {"unknown option", ipv6(0, "1100630400000000" + rest), {E::kIpv6HopoptsUnknownOpt}},
      {"unknown option for the destination", ipv6(60, "1100630400000000" + rest),
       {E::kIpv6DstoptsUnknownOpt}},
      {"option beyond its header", ipv6(0, "1100630900000000" + rest),
       {E::kIpv6ExthdrInvalidOptlen}, true},
      {"three destination options",
       ipv6(60, "3c00050200000000 3c00050200000000 1100050200000000" + rest),
       {E::kIpv6ExthdrDuplDh}},
      {"routing type 0", ipv6(43, "1100000000000000" + rest), {E::kIpv6RhType0}},
      {"routing twice", ipv6(43, "2b00040000000000 1100040000000000" + rest),
       {E::kIpv6ExthdrDuplRh}},
      {"AH, reserved", ipv6(51, "11010001 00000001 00000001" + rest),
       {E::kIpv6ExthdrAhResNotNull}},
      {"AH twice", ipv6(51, "33010000 00000001 00000001 11010000 00000001 00000001" + rest),
       {E::kIpv6ExthdrDuplAh}},
      {"atomic fragment", ipv6(44, "1100000000000005" + rest), {E::kIpv6ExthdrUselessFh}},
      {"fragment header twice", ipv6(44, "2c00000000000005 1100000000000005" + rest),
       {E::kIpv6ExthdrUselessFh, E::kIpv6ExthdrDuplFh}},
      {"fragment, reserved", ipv6(44, "1101000100000005" + rest),
       {E::kIpv6FhNonZeroReservedField}},
      {"fragment of 9 bytes", ipv6(44, "1100000100000005" + rest + "00"),
       {E::kIpv6FragInvalidLength}},
      {"IPv4 inside, cut", ipv6(4, "4500"), {E::kIpv6Ipv4InIpv6TooSmall}, true},
      {"IPv4 inside, of version 5", ipv6(4, "55000014 00000000 00000000 00000000 00000000"),
       {E::kIpv6Ipv4InIpv6WrongVersion}, true},
      {"IPv6 inside, cut", ipv6(41, "6000"), {E::kIpv6Ipv6InIpv6TooSmall}, true},
      {"IPv6 inside, of version 5",
       ipv6(41, "50000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000"
                "00000000"),
       {E::kIpv6Ipv6InIpv6WrongVersion}, true},
  });
}

TEST(DecodeEvents, Transports) {
  check({
      {"TCP cut", ipv4(6, "0001 0002"), {E::kTcpPktTooSmall}, true},
      {"TCP header cut", ipv4(6, "00010002 00000000 00000000 60100000 00000000"),
       {E::kTcpHlenTooSmall}, true},
      {"TCP header length", ipv4(6, "00010002 00000000 00000000 40100000 00000000"),
       {E::kTcpInvalidOptlen}, true},
      {"TCP MSS of 3 bytes", tcp_options("020305 01"), {E::kTcpOptInvalidLen}},
      {"TCP option of no bytes", tcp_options("02000000"), {E::kTcpOptInvalidLen}, true},
      {"TCP window scale", tcp_options("03030f 00"), {E::kTcpOptWscaleOverMax}},
      {"TCP option twice", tcp_options("0402 0402"), {E::kTcpOptDuplicate}},
      {"TCP options, right", tcp_options("020405b4 0402 080a 00000001 00000000 01 030307"), {}},
      {"UDP cut", ipv4(17, "0001 0002"), {E::kUdpHlenTooSmall}, true},
      {"UDP, length of less than its header", ipv4(17, "00010002 00070000"), {E::kUdpLenInvalid},
       true},
      {"UDP longer than the packet", ipv4(17, "00010002 00090000"), {E::kUdpPktTooSmall}, true},
      {"UDP shorter than the packet", ipv4(17, "00010002 00080000 00"), {}},
      {"SCTP cut", ipv4(132, "0001 0002"), {E::kSctpPktTooSmall}, true},
      {"ESP cut", ipv4(50, "0001 0002"), {E::kEspPktTooSmall}, true},
      {"ICMP cut", ipv4(1, "0800"), {E::kIcmpv4PktTooSmall}, true},
      {"ICMP, unknown type", ipv4(1, "2a00 0000 00000000"), {E::kIcmpv4UnknownType}},
      {"ICMP, unknown code", ipv4(1, "0801 0000 00000000"), {E::kIcmpv4UnknownCode}},
      {"ICMP error, quote cut", ipv4(1, "0301 0000 00000000 45"), {E::kIcmpv4Ipv4TruncPkt}, true},
      {"ICMP error about version 5",
       ipv4(1, "0301 0000 00000000 55000014 00000000 00000000 00000000 00000000"),
       {E::kIcmpv4Ipv4UnknownVer}, true},
      {"ICMPv6 cut", ipv6(58, "8000"), {E::kIcmpv6PktTooSmall}, true},
      {"ICMPv6, reserved type", ipv6(58, "7f00 0000 00000000"), {E::kIcmpv6UnknownType}},
      {"ICMPv6, unassigned type", ipv6(58, "0900 0000 00000000"), {E::kIcmpv6UnassignedType}},
      {"ICMPv6, experiment", ipv6(58, "6400 0000 00000000"), {E::kIcmpv6ExperimentationType}},
      {"ICMPv6, unknown code", ipv6(58, "8001 0000 00000000"), {E::kIcmpv6UnknownCode}},
      {"MLD from afar", ipv6(58, "8200 0000 00000000"), {E::kIcmpv6MldMessageWithInvalidHl}},
      {"ICMPv6 error, quote cut", ipv6(58, "0100 0000 00000000 60"), {E::kIcmpv6Ipv6TruncPkt},
       true},
  });
}

TEST(DecodeEvents, Tunnels) {
  check({
      {"GRE cut", ipv4(47, "0000 08"), {E::kGrePktTooSmall}, true},
      {"GRE version 2", ipv4(47, "0002 0800"), {E::kGreWrongVersion}, true},
      {"GRE, recursion", ipv4(47, "0100 0800"), {E::kGreVersion0Recur}, true},
      {"GRE, flags", ipv4(47, "0008 0800"), {E::kGreVersion0Flags}, true},
      {"GRE, key cut", ipv4(47, "2000 0800 00"), {E::kGreVersion0HdrTooBig}, true},
      {"GRE, source route", ipv4(47, "4000 0800 00000000 08000004 00"),
       {E::kGreVersion0MalformedSreHdr}, true},
      {"PPTP, checksum", ipv4(47, "b001 880b"), {E::kGreVersion1Chksum}, true},
      {"PPTP, route", ipv4(47, "7001 880b"), {E::kGreVersion1Route}, true},
      {"PPTP, strict route", ipv4(47, "3801 880b"), {E::kGreVersion1Ssr}, true},
      {"PPTP, recursion", ipv4(47, "3101 880b"), {E::kGreVersion1Recur}, true},
      {"PPTP, flags", ipv4(47, "3009 880b"), {E::kGreVersion1Flags}, true},
      {"PPTP, not PPP", ipv4(47, "3001 0800"), {E::kGreVersion1WrongProtocol}, true},
      {"PPTP, no key", ipv4(47, "1001 880b"), {E::kGreVersion1NoKey}, true},
      {"PPTP, key cut", ipv4(47, "3001 880b 00"), {E::kGreVersion1HdrTooBig}, true},
      {"VXLAN, unknown payload",
       ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1, 4789).vxlan(1)
           .ethernet("02:00:00:00:00:01", "02:00:00:00:00:02", std::uint16_t{0x1234}).build(),
       {E::kVxlanUnknownPayloadType}, true},
      {"GENEVE, unknown payload",
       ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1, 6081).geneve(1).filler(20).build(),
       {E::kGeneveUnknownPayloadType}, true},
  });
}

TEST(DecodeEvents, WhatATunnelDoesNotHoldIsNoPacket) {
  const std::pair<const char*, Frame> rows[] = {
      {"IPv4 in IPv4", ipv4(4, "55000000")},
      {"IPv6 in IPv4", ipv4(41, "60000000")},
      {"GRE", ipv4(47, "0000 0800 4500")},
      {"GRE, Ethernet", ipv4(47, "0000 6558 4500")},
      {"ERSPAN of version 2", ipv4(47, "1000 88be 00000001 20000000 00000000")},
      {"ERSPAN cut", ipv4(47, "1000 88be 00000001 1000")},
      {"VXLAN without its flag",
       ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1, 4789).raw(hex("0000000000000100"))
           .ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1, 2).build()},
      {"UDP on the port of GENEVE",
       ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1, 6081).payload("something else").build()},
  };
  for (const auto& [name, frame] : rows) {
    const Outcome outcome = decode(frame, LinkType::kEthernet);
    EXPECT_EQ(outcome.inner, 0u) << name;
    EXPECT_TRUE(outcome.events.empty()) << name;
  }
}

TEST(DecodeEvents, AnyCutOfAnyPacketIsSafe) {
  const Frame frame = ethernet()
                          .vlan(5)
                          .ipv6("2001:db8::1", "2001:db8::2")
                          .ipv6_extension(0, hex("050200000100"))
                          .udp(7, 4789)
                          .vxlan(1)
                          .ethernet()
                          .ipv4("10.0.0.1", "10.0.0.2")
                          .gre()
                          .ipv4("10.0.0.1", "10.0.0.2", {.options = hex("94040000")})
                          .tcp(1, 2, {.options = hex("020405b4")})
                          .payload("x")
                          .build();
  for (std::size_t size = 0; size <= frame.size(); ++size) {
    for (unsigned link = 0; link <= static_cast<unsigned>(LinkType::kChdlc); ++link) {
      decode(cut(frame, size), static_cast<LinkType>(link));
    }
  }
}

}  // namespace
}  // namespace culvert
