#include "match/multi_pattern_matcher.h"

#include <gtest/gtest.h>

#include <random>

#include "match/naive_search.h"

namespace culvert {
namespace {

using Found = std::map<PatternId, std::size_t>;

Found scan(const MultiPatternMatcher& matcher, std::string_view data) {
  MatchScratch scratch;
  scratch.prepare(matcher);
  Found found;
  matcher.scan(as_bytes(data), scratch, [&](PatternId id, std::size_t end) {
    EXPECT_TRUE(found.emplace(id, end).second) << "twice: " << id;
  });
  return found;
}

TEST(PatternSet, GivesEqualPatternsOneId) {
  PatternSet set;
  EXPECT_EQ(set.add("abc", false), 0u);
  EXPECT_EQ(set.add("ABC", false), 1u);
  EXPECT_EQ(set.add("ABC", true), 2u);
  EXPECT_EQ(set.add("abc", true), 2u);
  EXPECT_EQ(set.add("abc", false), 0u);
  EXPECT_EQ(set.size(), 3u);
}

TEST(MultiPatternMatcher, ReportsEachPatternOnceWithItsFirstEnd) {
  PatternSet set;
  set.add("needle", false);
  set.add("NEEDLE", true);
  set.add("edl", true);
  set.add("n", false);
  set.add(std::string("\0\xff", 2), false);
  set.add("absent", false);
  const MultiPatternMatcher matcher(set);
  EXPECT_EQ(matcher.size(), 6u);
  const std::string data = std::string("xNeeDle needle needle ") + std::string("\0\xff", 2);
  EXPECT_EQ(scan(matcher, data), (Found{{0, 14}, {1, 7}, {2, 6}, {3, 9}, {4, 24}}));
  EXPECT_EQ(scan(matcher, data), naive_scan(data, set));
  EXPECT_EQ(scan(matcher, ""), Found());
  EXPECT_EQ(scan(matcher, "n"), (Found{{3, 1}}));
}

TEST(MultiPatternMatcher, EmptySetFindsNothing) {
  const MultiPatternMatcher matcher{PatternSet()};
  EXPECT_EQ(scan(matcher, "abc"), Found());
  EXPECT_EQ(scan(MultiPatternMatcher(), "abc"), Found());
}

TEST(MultiPatternMatcher, SearchesTheFrontOfLongPatterns) {
  const std::string pattern(1000, 'a');
  PatternSet set;
  set.add(pattern, false);
  const MultiPatternMatcher matcher(set);
  EXPECT_EQ(scan(matcher, pattern).size(), 1u);
  EXPECT_EQ(scan(matcher, pattern.substr(0, 254)).size(), 0u);
}

TEST(MultiPatternMatcher, AgreesWithNaiveSearchOnRandomSets) {
  std::mt19937 random(7);
  const auto below = [&random](std::size_t limit) { return random() % limit; };
  const auto text = [&](std::size_t size) {
    std::string result;
    for (std::size_t i = 0; i < size; ++i) result += "abAB\0z"[below(6)];
    return result;
  };
  for (int round = 0; round < 60; ++round) {
    PatternSet set;
    for (std::size_t i = 0; i < 1 + below(30); ++i) set.add(text(1 + below(7)), below(2) == 0);
    const MultiPatternMatcher matcher(set);
    MatchScratch scratch;
    scratch.prepare(matcher);
    for (int i = 0; i < 20; ++i) {
      const std::string data = text(below(80));
      Found found;
      matcher.scan(as_bytes(data), scratch, [&](PatternId id, std::size_t end) {
        EXPECT_TRUE(found.emplace(id, end).second);
      });
      ASSERT_EQ(found, naive_scan(data, set)) << data;
    }
  }
}

/// Long patterns by their windows, each at every place of data of every size: no byte beyond the
/// data is read, and none is left out at its ends.
TEST(MultiPatternMatcher, FindsPatternsAtBothEndsOfDataOfAnySize) {
  PatternSet set;
  for (const char* pattern : {"abcd", "bcde", "xyz", "yza", "zab", "qwe", "rty", "ab", "cd", "ef",
                              "gh", "ij", "longer pattern", "Another One", "third long pattern"}) {
    set.add(pattern, set.size() % 2 == 0);
  }
  const MultiPatternMatcher matcher(set);
  for (const BytePattern& pattern : set.patterns()) {
    for (std::size_t before = 0; before < 9; ++before) {
      for (std::size_t after = 0; after < 9; ++after) {
        const std::string data = std::string(before, '-') + pattern.bytes + std::string(after, '-');
        std::vector<char> exact(data.begin(), data.end());  // a sanitizer sees reads beyond it
        EXPECT_EQ(scan(matcher, std::string_view(exact.data(), exact.size())),
                  naive_scan(data, set))
            << data;
      }
    }
  }
}

}  // namespace
}  // namespace culvert
