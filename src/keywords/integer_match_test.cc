#include "keywords/integer_match.h"

#include <gtest/gtest.h>

#include <vector>

namespace culvert {
namespace {

std::optional<std::uint64_t> find_word(std::string_view word) {
  if (word == "five" || word == "f-five") return 5;
  return std::nullopt;
}

TEST(IntegerMatch, MatchesWhatItSays) {
  const struct {
    const char* text;
    std::vector<int> values;  // of 0..7
  } cases[] = {
      {"3", {3}},
      {" 3 ", {3}},
      {"!3", {0, 1, 2, 4, 5, 6, 7}},
      {"! 3", {0, 1, 2, 4, 5, 6, 7}},
      {">5", {6, 7}},
      {">=5", {5, 6, 7}},
      {"<2", {0, 1}},
      {"<= 2", {0, 1, 2}},
      {"<0", {}},
      {"2-5", {3, 4}},
      {"2<>5", {3, 4}},
      {"!2-5", {0, 1, 2, 5, 6, 7}},
      {"0x3", {3}},
      {"=3", {3}},
      {"!= 3", {0, 1, 2, 4, 5, 6, 7}},
      {"five", {5}},
      {"f-five", {5}},
      {">five", {6, 7}},
  };
  for (const auto& c : cases) {
    const auto match = IntegerMatch::parse(c.text, 255, find_word);
    ASSERT_TRUE(match) << c.text;
    std::vector<int> values;
    for (int i = 0; i < 8; ++i) {
      if (match->matches(static_cast<std::uint64_t>(i))) values.push_back(i);
    }
    EXPECT_EQ(values, c.values) << c.text;
  }
}

TEST(IntegerMatch, RefusesWhatMakesNoSense) {
  for (const char* text : {"", "x", "256", "-1", "!>2", "3-", "5-5", "5-6", "9-3", "&1", "1,2",
                           "0x", "0X3", "<", "2<>", "=2-5"}) {
    EXPECT_FALSE(IntegerMatch::parse(text, 255)) << text;
  }
}

}  // namespace
}  // namespace culvert
