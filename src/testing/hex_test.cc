#include "testing/hex.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

TEST(Hex, RoundTrip) {
  EXPECT_EQ(to_hex(hex("00 ff:1A.2b\n 0042")), "00ff1a2b0042");
  EXPECT_TRUE(hex("").empty());
  EXPECT_EQ(to_hex(text_bytes("AZ")), "415a");
  EXPECT_EQ(to_hex(concat({hex("01"), hex(""), hex("0203")})), "010203");
}

}  // namespace
}  // namespace culvert
