#include "detect/fast_pattern.h"

#include <gtest/gtest.h>

#include <string_view>

namespace culvert {
namespace {

TEST(SearchedWindow, EndsWhereBytesAreRare) {
  const struct {
    const char* name;
    std::string_view pattern, window;
  } cases[] = {
      {"short ones stay whole", "ion of", "ion of"},
      {"eight bytes stay whole", "notation", "notation"},
      {"rare bytes inside end it", "<<%zq#!~ information", "<<%zq#!~"},
      {"rare bytes at the end keep what is before", "information of {[(#", "information of {[(#"},
      {"what all traffic has is not enough", "User-Agent:  Nm", "User-Agent:  N"},
      {"nor with a byte or two more", "<title>PANEL ANTIBOT", "<title>PANEL ANTIB"},
      {"at most 24 bytes", "the information is not in the {[(# nation", "ation is not in the {[(#"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(as_text(searched_window(as_bytes(each.pattern), false)), each.window) << each.name;
  }
}

}  // namespace
}  // namespace culvert
