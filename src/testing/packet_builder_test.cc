#include "testing/packet_builder.h"

#include <gtest/gtest.h>

#include "net/checksum.h"
#include "testing/hex.h"

namespace culvert {
namespace {

TEST(PacketBuilder, FillsInLengthsTypesAndChecksums) {
  // The example header of many textbooks: its checksum is b861.
  const auto packet = PacketBuilder()
                          .ethernet()
                          .ipv4("192.168.0.1", "192.168.0.199",
                                {.id = 0, .dont_fragment = true, .total_length = 115})
                          .udp(1, 2)
                          .payload("ab")
                          .build();
  EXPECT_EQ(to_hex(packet),
            "020000000002020000000001080045000073000040004011b861c0a80001c0a800c7"
            "00010002000a1c5c6162");
}

TEST(PacketBuilder, GeneveOfALoadBalancer) {
  const auto packet =
      PacketBuilder()
          .geneve(0, gwlb_options(0x0aabbccddeeff0011, 0x1111222233334444, 0xdeadbeef))
          .ipv4("10.0.0.1", "10.0.0.2")
          .build();
  EXPECT_EQ(to_hex(Bytes(packet).first(40)),
            "08000800000000000108" "0102aabbccddeeff0011" "010802021111222233334444"
            "01080301deadbeef");
  EXPECT_EQ(checksum_fold(checksum_add(0, Bytes(packet).subspan(40, 20))), 0);
}

}  // namespace
}  // namespace culvert
