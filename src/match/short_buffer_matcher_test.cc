#include "match/short_buffer_matcher.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <span>

#include "match/naive_search.h"

namespace culvert {
namespace {

std::set<PatternId> scan(const ShortBufferMatcher& matcher, std::string_view data) {
  // On the heap, of just that size: what reads beyond the end is found out.
  const std::vector<char> exact(data.begin(), data.end());
  std::set<PatternId> found;
  matcher.scan(as_bytes(std::string_view(exact.data(), exact.size())),
               [&](PatternId id) { found.insert(id); });
  return found;
}

std::set<PatternId> expected(std::string_view data, const PatternSet& set) {
  std::set<PatternId> ids;
  for (const auto& [id, end] : naive_scan(data, set)) ids.insert(id);
  return ids;
}

TEST(ShortBufferMatcher, FindsPatternsWhereverTheyStand) {
  const struct {
    const char* name;
    std::string pattern;
    bool nocase;
    std::string data;
    bool found;
  } cases[] = {
      {"one byte", "x", false, "abcx", true},
      {"one byte, other case", "x", false, "abcX", false},
      {"one byte, nocase", "x", true, "abcX", true},
      {"one byte that is no letter, nocase", "[", true, "{", false},
      {"pair at the end", "yz", false, "wxyz", true},
      {"pair is all", "yz", false, "yz", true},
      {"half a pair", "yz", false, "y", false},
      {"three at the end", "xyz", false, "wxyz", true},
      {"three cut short", "xyz", false, "wxy", false},
      {"four is all", "wxyz", false, "wxyz", true},
      {"folded bytes that are not equal", "@@@@", false, "````", false},
      {"the same, nocase", "@@@@", true, "````", false},
      {"case counts", "Host", false, "host", false},
      {"nocase", "Host", true, "xHOSTx", true},
      {"end of a long one is missing", "abcdefgh", false, "abcdefg", false},
      {"begin of a long one is missing", "abcdefgh", false, "bcdefgh", false},
      {"NUL bytes", std::string("\0\0\1", 3), false, std::string("\1\0\0\1", 4), true},
      {"NUL bytes beyond the end", std::string("a\0\0", 3), false, "xxxa", false},
      {"spaces beyond the end", "a   ", false, "xxxa", false},
      {"nothing", "abc", false, "", false},
  };
  for (const auto& each : cases) {
    PatternSet set;
    set.add(each.pattern, each.nocase);
    EXPECT_EQ(scan(ShortBufferMatcher(set), each.data).contains(0), each.found) << each.name;
    EXPECT_EQ(expected(each.data, set).contains(0), each.found) << each.name;
  }
}

/// A matcher for some patterns of a set reports them as the set's own does.
TEST(ShortBufferMatcher, KeepsTheIdsOfSomePatterns) {
  PatternSet set;
  for (const std::string_view pattern : {"a", "bc", "defg", "h", "hi", "jklmn"}) {
    set.add(pattern, false);
  }
  std::vector<BytePattern> some;
  for (const BytePattern& pattern : set.patterns()) {
    if (pattern.id % 2 == 1) some.push_back(pattern);
  }
  const ShortBufferMatcher matcher{std::span<const BytePattern>(some)};
  EXPECT_EQ(scan(matcher, "abcdefghijklmn"), (std::set<PatternId>{1, 3, 5}));
}

TEST(ShortBufferMatcher, AgreesWithTheNaiveSearch) {
  std::mt19937 random(7);
  const auto text = [&](std::size_t size) {  // few different bytes, so that much matches
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += "aAbB.@`\0"[random() % 8];
    return bytes;
  };
  std::size_t matches = 0;
  for (int round = 0; round < 300; ++round) {
    PatternSet set;
    const std::size_t count = random() % 2 == 0 ? random() % 8 : 400;
    for (std::size_t i = 0; i < count; ++i) set.add(text(1 + random() % 7), random() % 2 == 0);
    const ShortBufferMatcher matcher(set);
    for (int i = 0; i < 10; ++i) {
      const std::string data = text(random() % 40);
      const auto found = scan(matcher, data);
      EXPECT_EQ(found, expected(data, set));
      matches += found.size();
    }
  }
  EXPECT_GT(matches, 1000u);
}

TEST(ShortBufferMatcher, ManyPatternsOfOnePairAreToldApart) {
  PatternSet set;
  for (int i = 0; i < 3000; ++i) set.add("www.a" + std::to_string(i) + ".com", true);
  const ShortBufferMatcher matcher(set);
  for (int i = 0; i < 3000; i += 7) {
    const std::string data = "http://WWW.A" + std::to_string(i) + ".com/";
    EXPECT_EQ(scan(matcher, data), std::set<PatternId>{static_cast<PatternId>(i)});
  }
}

}  // namespace
}  // namespace culvert
