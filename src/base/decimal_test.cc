#include "base/decimal.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace culvert {
namespace {

std::string decimal_of(std::uint64_t value) {
  char text[kMaxDecimalSize];
  return {text, put_decimal(text, value)};
}

TEST(PutDecimal, WritesWhatTheLibraryDoes) {
  std::uint64_t power = 1;
  for (std::size_t digits = 1; digits <= kMaxDecimalSize; ++digits) {
    for (const std::uint64_t value :
         {power - 1, power, power + 1, power * 2 - 1, power / 2, power * 9 + power / 7}) {
      EXPECT_EQ(decimal_of(value), std::to_string(value));
    }
    power *= 10;
  }
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t value = std::uint64_t{1} << bit;
    EXPECT_EQ(decimal_of(value - 1), std::to_string(value - 1));
    EXPECT_EQ(decimal_of(value), std::to_string(value));
  }
  EXPECT_EQ(decimal_of(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

}  // namespace
}  // namespace culvert
