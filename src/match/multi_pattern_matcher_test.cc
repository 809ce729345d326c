#include "match/multi_pattern_matcher.h"

#include <gtest/gtest.h>

#include <random>

#include "match/naive_search.h"

namespace culvert {
namespace {

using Found = std::map<PatternId, std::size_t>;

Found scan(const MultiPatternMatcher& matcher, std::string_view data) {
  MatchScratch scratch;
  EXPECT_TRUE(scratch.prepare(matcher));
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

TEST(PatternSet, NamesItsContent) {
  PatternSet a, b, c, d;
  a.add("abc", false);
  b.add("abc", false);
  c.add("abc", true);
  d.add("ab", false);
  d.add("c", false);
  EXPECT_EQ(a.cache_key(), b.cache_key());
  EXPECT_NE(a.cache_key(), c.cache_key());
  EXPECT_NE(a.cache_key(), d.cache_key());
  EXPECT_EQ(a.cache_key().size(), 32u);
}

TEST(MultiPatternMatcher, ReportsEachPatternOnceWithItsFirstEnd) {
  PatternSet set;
  set.add("needle", false);
  set.add("NEEDLE", true);
  set.add("edl", true);
  set.add("n", false);
  set.add(std::string("\0\xff", 2), false);
  set.add("absent", false);
  const auto matcher = MultiPatternMatcher::compile(set);
  ASSERT_TRUE(matcher) << matcher.error().text();
  EXPECT_EQ(matcher->size(), 6u);
  const std::string data = std::string("xNeeDle needle needle ") + std::string("\0\xff", 2);
  EXPECT_EQ(scan(*matcher, data), (Found{{0, 14}, {1, 7}, {2, 6}, {3, 9}, {4, 24}}));
  EXPECT_EQ(scan(*matcher, data), naive_scan(data, set));
  EXPECT_EQ(scan(*matcher, ""), Found());
  EXPECT_EQ(scan(*matcher, "n"), (Found{{3, 1}}));
}

TEST(MultiPatternMatcher, EmptySetFindsNothing) {
  const auto matcher = MultiPatternMatcher::compile(PatternSet());
  ASSERT_TRUE(matcher);
  EXPECT_EQ(scan(*matcher, "abc"), Found());
  EXPECT_EQ(scan(MultiPatternMatcher(), "abc"), Found());
}

/// The database has an expression that is none of the set's.
TEST(MultiPatternMatcher, ReportsOnlyItsOwnPatterns) {
  PatternSet set;
  for (const char* pattern : {"QwErTz", "ab", "cd", "ef", "one", "two", "three", "four", "five"})
    set.add(pattern, false);
  const auto matcher = MultiPatternMatcher::compile(set);
  ASSERT_TRUE(matcher);
  const std::string data = std::string("\0\x01\xfe\x03\xff\xfbQwErTz ab", 15);
  EXPECT_EQ(scan(*matcher, data), (Found{{0, 12}, {1, 15}}));
}

TEST(MultiPatternMatcher, SearchesTheFrontOfLongPatterns) {
  const std::string pattern(1000, 'a');
  PatternSet set;
  set.add(pattern, false);
  const auto matcher = MultiPatternMatcher::compile(set);
  ASSERT_TRUE(matcher);
  EXPECT_EQ(scan(*matcher, pattern).size(), 1u);
  EXPECT_EQ(scan(*matcher, pattern.substr(0, 254)).size(), 0u);
}

TEST(MultiPatternMatcher, SurvivesSerialization) {
  PatternSet set;
  for (const char* pattern : {"needle", "ab", "x", "HTTP/1.", "one", "two", "three", "four", "five"})
    set.add(pattern, true);  // more than are searched without a database
  const auto matcher = MultiPatternMatcher::compile(set);
  ASSERT_TRUE(matcher);
  const auto bytes = matcher->serialize();
  ASSERT_TRUE(bytes);
  const auto again = MultiPatternMatcher::deserialize(*bytes);
  ASSERT_TRUE(again) << again.error().text();
  const std::string_view data = "GET /abx http/1.1 NeedlE";
  EXPECT_EQ(scan(*again, data), scan(*matcher, data));
  EXPECT_EQ(again->size(), 9u);

  for (const std::size_t size :
       {std::size_t{0}, std::size_t{11}, std::size_t{30}, bytes->size() - 1})
    EXPECT_FALSE(MultiPatternMatcher::deserialize(std::string_view(*bytes).substr(0, size)))
        << size;
  std::string damaged = *bytes;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  EXPECT_FALSE(MultiPatternMatcher::deserialize(damaged));
}

TEST(MultiPatternMatcher, FewPatternsSurviveSerialization) {
  PatternSet set;
  for (const char* pattern : {"needle", "x"}) set.add(pattern, true);
  const auto matcher = MultiPatternMatcher::compile(set);
  ASSERT_TRUE(matcher);
  const auto bytes = matcher->serialize();
  ASSERT_TRUE(bytes);
  const auto again = MultiPatternMatcher::deserialize(*bytes);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(scan(*again, "an X and a Needle"), scan(*matcher, "an X and a Needle"));
  EXPECT_EQ(scan(*again, "an X and a Needle").size(), 2u);
  for (std::size_t size = 0; size < bytes->size(); ++size)
    EXPECT_FALSE(MultiPatternMatcher::deserialize(std::string_view(*bytes).substr(0, size)))
        << size;
}

TEST(MultiPatternMatcher, FindsTheOnlyLongPatternWhereverItIs) {
  PatternSet set;
  for (const char single : std::string_view("ABCDEFGH")) set.add({&single, 1}, false);
  const PatternId id = set.add("\x01\xd2", false);
  const auto matcher = MultiPatternMatcher::compile(set);
  ASSERT_TRUE(matcher) << matcher.error().text();
  for (std::size_t size = 2; size < 200; ++size) {
    for (std::size_t at = 0; at + 2 <= size; ++at) {
      std::string data(size, '.');
      data.replace(at, 2, "\x01\xd2");
      EXPECT_EQ(scan(*matcher, data), (Found{{id, at + 2}})) << at << " of " << size;
    }
  }
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
    const auto matcher = MultiPatternMatcher::compile(set);
    ASSERT_TRUE(matcher) << matcher.error().text();
    MatchScratch scratch;
    ASSERT_TRUE(scratch.prepare(*matcher));
    for (int i = 0; i < 20; ++i) {
      const std::string data = text(below(80));
      Found found;
      matcher->scan(as_bytes(data), scratch, [&](PatternId id, std::size_t end) {
        EXPECT_TRUE(found.emplace(id, end).second);
      });
      ASSERT_EQ(found, naive_scan(data, set)) << data;
    }
  }
}

}  // namespace
}  // namespace culvert
