#include "eve/forwarded.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

TEST(Forwarded, ReadsTheAddressThatCounts) {
  const struct {
    std::string_view value, last, first;
  } cases[] = {
      {"1.1.1.1, 10.3.3.3", "10.3.3.3", "1.1.1.1"},
      {"9.9.9.9", "9.9.9.9", "9.9.9.9"},
      {"1.1.1.1:80", "1.1.1.1", "1.1.1.1"},
      {"[::1]:80", "::1", "::1"},
      {"2001:db8::1, 2.2.2.2", "2.2.2.2", "2001:db8::1"},
      {"7.7.7.7,", "", "7.7.7.7"},
      {"foo", "", ""},
      {"[::1", "", ""},
      {"", "", ""},
  };
  for (const auto& [value, last, first] : cases) {
    EXPECT_EQ(parse_forwarded(value, false), last) << value;
    EXPECT_EQ(parse_forwarded(value, true), first) << value;
  }
}

}  // namespace
}  // namespace culvert
