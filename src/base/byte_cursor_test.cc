#include "base/byte_cursor.h"

#include <gtest/gtest.h>

#include <array>

namespace culvert {
namespace {

TEST(ByteCursor, ReadsBigAndLittleEndian) {
  const std::array data{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  ByteCursor big(data);
  EXPECT_EQ(big.u16(), 0x0102);
  EXPECT_EQ(big.u16_little(), 0x0403);
  EXPECT_TRUE(big.ok());
  EXPECT_TRUE(big.empty());
}

TEST(ByteCursor, ReadPastTheEndGivesZeroAndSpoilsIt) {
  const std::array data{std::byte{0xff}, std::byte{0xff}, std::byte{0xff}};
  ByteCursor in(data);
  EXPECT_EQ(in.u32(), 0u);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0u);
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace culvert
