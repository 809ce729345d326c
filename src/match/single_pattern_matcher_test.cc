#include "match/single_pattern_matcher.h"

#include <gtest/gtest.h>

#include <random>

#include "match/naive_search.h"

namespace culvert {
namespace {

TEST(SinglePatternMatcher, FindsTheFirstWithinItsBounds) {
  constexpr std::size_t kNone = SinglePatternMatcher::kNotFound;
  struct Row {
    const char* pattern;
    bool nocase;
    const char* data;
    std::size_t from, end, expected;
  };
  const Row rows[] = {
      {"b", false, "abc", 0, kNone, 1},
      {"b", false, "abc", 2, kNone, kNone},
      {"c", false, "abc", 0, 2, kNone},
      {"c", false, "abc", 0, 3, 2},
      {"abc", false, "abc", 0, kNone, 0},
      {"abcd", false, "abc", 0, kNone, kNone},
      {"abc", false, "ABC", 0, kNone, kNone},
      {"abc", true, "ABC", 0, kNone, 0},
      {"ABC", true, "xxabc", 0, kNone, 2},
      {"a", false, "", 0, kNone, kNone},
      {"a", false, "a", 1, kNone, kNone},
      {"a", false, "a", 9, kNone, kNone},
      {"host:", true, "GET / HTTP/1.1\r\nHost: a\r\nhost: b", 17, kNone, 25},
      {"@", true, "```@", 0, kNone, 3},  // differs from a back-quote in bit 0x20 only
      {"[x", true, "{x[x", 0, kNone, 2},
  };
  for (const Row& row : rows) {
    const SinglePatternMatcher matcher(row.pattern, row.nocase);
    EXPECT_EQ(matcher.find(as_bytes(std::string_view(row.data)), row.from, row.end), row.expected)
        << row.pattern << " in " << row.data;
  }
}

TEST(SinglePatternMatcher, ComparesInPlace) {
  const SinglePatternMatcher matcher("Ab", true);
  const Bytes data = as_bytes(std::string_view("xaBx"));
  EXPECT_TRUE(matcher.is_at(data, 1));
  EXPECT_FALSE(matcher.is_at(data, 0));
  EXPECT_FALSE(matcher.is_at(data, 3));
  EXPECT_FALSE(matcher.is_at(data, 5));
}

TEST(SinglePatternMatcher, AgreesWithNaiveSearch) {
  std::mt19937 random(3);
  const auto text = [&random](std::size_t size) {
    std::string result;
    for (std::size_t i = 0; i < size; ++i) result += "aAbB@`"[random() % 6];
    return result;
  };
  for (int round = 0; round < 50'000; ++round) {
    const std::string pattern = text(1 + random() % 6), data = text(random() % 70);
    const bool nocase = random() % 2 == 0;
    const std::size_t from = random() % 40, end = random() % 90;
    ASSERT_EQ(SinglePatternMatcher(pattern, nocase).find(as_bytes(data), from, end),
              naive_find(data, pattern, nocase, from, end))
        << pattern << " in " << data << " from " << from << " to " << end;
  }
}

}  // namespace
}  // namespace culvert
