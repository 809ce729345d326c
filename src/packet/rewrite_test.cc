#include "packet/rewrite.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "packet/decoder.h"
#include "testing/packet_builder.h"

namespace culvert {
namespace {

PacketBuilder head() { return PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2"); }

Packet decode(const std::vector<std::byte>& bytes) {
  DecodeCounters counters;
  Decoder decoder(DecodeOptions{}, counters);
  PacketStack stack;
  Packet packet;
  packet.data = bytes;
  packet.wire_length = static_cast<std::uint32_t>(bytes.size());
  decoder.decode(packet, stack);
  return packet;
}

TEST(OverwritePayload, LooksAsIfBuiltThatWay) {
  const std::string before = "the old bytes";
  const auto check = [&](auto build, const char* what) {
    for (std::size_t offset = 0; offset < before.size(); ++offset) {
      for (std::size_t size = 1; offset + size <= before.size(); ++size) {
        const std::string fresh(size, '\xfe');
        std::string after = before;
        after.replace(offset, size, fresh);
        std::vector<std::byte> bytes = build(before);
        Packet packet = decode(bytes);
        overwrite_payload(packet, offset, as_bytes(fresh));
        EXPECT_TRUE(packet.modified);
        EXPECT_TRUE(std::ranges::equal(bytes, build(after))) << what << " " << offset << " " << size;
      }
    }
  };
  check([](std::string_view text) { return head().tcp(1, 2, {.seq = 7}).payload(text).build(); }, "tcp");
  check([](std::string_view text) { return head().udp(1, 2).payload(text).build(); }, "udp");
  check([](std::string_view text) { return head().icmp4(8, 0).payload(text).build(); }, "icmp");
}

TEST(OverwritePayload, LeavesTheRestAlone) {
  std::vector<std::byte> bytes = head().udp(1, 2).payload("abc").build();
  const std::vector<std::byte> before = bytes;
  Packet packet = decode(bytes);
  overwrite_payload(packet, 3, as_bytes("x"));
  overwrite_payload(packet, 1, as_bytes("bc"));
  EXPECT_FALSE(packet.modified);
  EXPECT_EQ(bytes, before);
  overwrite_payload(packet, 2, as_bytes("xyz"));
  EXPECT_EQ(as_text(packet.payload), "abx");
}

TEST(OverwritePayload, AnUnusedUdpChecksumStaysUnused) {
  std::vector<std::byte> bytes = head().udp(1, 2, {.checksum = std::uint16_t{0}}).payload("abc").build();
  Packet packet = decode(bytes);
  overwrite_payload(packet, 0, as_bytes("x"));
  EXPECT_EQ(packet.l4_header[6], std::byte{0});
  EXPECT_EQ(packet.l4_header[7], std::byte{0});
}

}  // namespace
}  // namespace culvert
