#include "match/end_matcher.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/ascii_case.h"

namespace culvert {
namespace {

std::set<PatternId> scan(const EndMatcher& matcher, std::string_view data) {
  // On the heap, of just that size: what reads beyond its ends is found out.
  const std::vector<char> exact(data.begin(), data.end());
  std::set<PatternId> found;
  matcher.scan(as_bytes(std::string_view(exact.data(), exact.size())),
               [&](PatternId id) { found.insert(id); });
  return found;
}

/// The slow twin.
bool is_end(const BytePattern& pattern, std::string_view data) {
  return pattern.nocase ? ascii_lower(data).ends_with(pattern.bytes)
                        : data.ends_with(pattern.bytes);
}

TEST(EndMatcher, FindsWhatABufferEndsIn) {
  const struct {
    const char* name;
    BytePattern pattern;
    std::string_view data;
    bool found;
  } cases[] = {
      {"at the end", {"evil.com"}, "www.evil.com", true},
      {"before the end", {"evil.com"}, "evil.com.net", false},
      {"all of it", {"evil.com"}, "evil.com", true},
      {"more than all of it", {"evil.com"}, "vil.com", false},
      {"longer than what is looked up", {"my.evil.com"}, "x.evil.com", false},
      {"the same, with all of it", {"my.evil.com"}, ".my.evil.com", true},
      {"case counts", {"evil.com"}, "www.EVIL.com", false},
      {"nocase", {"evil.com", true}, "www.EVIL.com", true},
      {"bytes that fold alike", {"@@@@"}, "````", false},
      {"three bytes", {".ru"}, "x.ru", true},
      {"three bytes cut short", {".ru"}, "ru", false},
      {"one byte", {"a"}, "...a", true},
      {"nothing", {"a"}, "", false},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(scan(EndMatcher({each.pattern}), each.data).contains(0), each.found) << each.name;
    EXPECT_EQ(is_end(each.pattern, each.data), each.found) << each.name;
  }
}

TEST(EndMatcher, AgreesWithLookingAtEachPattern) {
  std::mt19937 random(7);
  const auto text = [&](std::size_t size) {  // few different bytes, so that much matches
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += "aAb@`\0"[random() % 6];
    return bytes;
  };
  std::size_t matches = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<BytePattern> patterns(random() % 2 == 0 ? random() % 8 : 300);
    for (PatternId id = 0; id < patterns.size(); ++id) {
      patterns[id] = {text(1 + random() % 10), random() % 2 == 0, id};
      if (patterns[id].nocase) patterns[id].bytes = ascii_lower(patterns[id].bytes);
    }
    const EndMatcher matcher(patterns);
    for (int i = 0; i < 10; ++i) {
      const std::string data = text(random() % 16);
      std::set<PatternId> expected;
      for (const BytePattern& each : patterns) {
        if (is_end(each, data)) expected.insert(each.id);
      }
      EXPECT_EQ(scan(matcher, data), expected);
      matches += expected.size();
    }
  }
  EXPECT_GT(matches, 1000u);
}

}  // namespace
}  // namespace culvert
