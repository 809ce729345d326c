#include "emulator/envelope.h"

#include <gtest/gtest.h>

#include "emulator/returned_packet.h"
#include "emulator/test_packets.h"

namespace culvert::emulator {
namespace {

Buffer bytes_of(std::initializer_list<int> values) {
  Buffer out;
  for (const int value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

const Envelope kEnvelope{.gwlb_address = 0x0a090001,
                         .entropy_port = 54321,
                         .cookie = 0xdeadbeef,
                         .endpoint = 0x0aabbccddeeff0011,
                         .attachment = 0x1111222233334444,
                         .inner_is_v6 = false};

TEST(EncodeGeneve, IsTheWellKnownHeader) {
  const GeneveHeaderBytes header = encode_geneve(kEnvelope);
  const Buffer expected = bytes_of(
      {0x08, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,                          // fixed part
       0x01, 0x08, 0x01, 0x02, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00, 0x11,  // endpoint
       0x01, 0x08, 0x02, 0x02, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x44,  // attachment
       0x01, 0x08, 0x03, 0x01, 0xde, 0xad, 0xbe, 0xef});                        // cookie
  EXPECT_EQ(Buffer(header.begin(), header.end()), expected);
}

TEST(WriteEncapsulation, GivesWhatTheParserTakesBack) {
  for (const UdpChecksum checksum : {UdpChecksum::kNone, UdpChecksum::kFull}) {
    const Buffer inner = make_packet({.payload = "odd"});
    Buffer datagram(kEncapsulationBytes);
    write_encapsulation(std::span<std::byte, kEncapsulationBytes>(datagram), kEnvelope, 0x0a09000a,
                        inner, checksum);
    datagram.insert(datagram.end(), inner.begin(), inner.end());
    const auto packet = parse_returned(datagram);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->source, kEnvelope.gwlb_address);
    EXPECT_EQ(packet->destination, 0x0a09000au);
    EXPECT_EQ(packet->source_port, kEnvelope.entropy_port);
    EXPECT_EQ(packet->endpoint, kEnvelope.endpoint);
    EXPECT_EQ(packet->cookie, kEnvelope.cookie);
    EXPECT_EQ(Buffer(packet->inner_bytes.begin(), packet->inner_bytes.end()), inner);
    EXPECT_EQ(datagram[26] != std::byte{0}, checksum == UdpChecksum::kFull);
  }
}

TEST(EndpointId, IsPrintedAsTheConsoleShowsIt) {
  EXPECT_EQ(endpoint_id_text(0x123456789abcdef0), "vpce-0123456789abcdef0");
  EXPECT_EQ(parse_endpoint_id("vpce-0123456789abcdef0"), 0x123456789abcdef0);
  EXPECT_EQ(parse_endpoint_id("vpce-0aabbcc1"), 0x0aabbcc1u);
  EXPECT_FALSE(parse_endpoint_id("vpce-"));
  EXPECT_FALSE(parse_endpoint_id("vpce-0123g"));
  EXPECT_FALSE(parse_endpoint_id("vpce-10123456789abcdef0"));  // over 64 bits
}

TEST(Checksum, IsTheExampleOfRfc1071) {
  const Buffer bytes = bytes_of({0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7});
  EXPECT_EQ(fold_checksum(add_to_sum(0, bytes)), static_cast<std::uint16_t>(~0xddf2));
}

}  // namespace
}  // namespace culvert::emulator
