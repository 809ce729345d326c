#include "match/regex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culvert {
namespace {

using testing::HasSubstr;

RegexOutcome match(std::string_view pattern, RegexFlags flags, std::string_view subject,
                   std::size_t start = 0) {
  const auto regex = Regex::compile(pattern, flags);
  EXPECT_TRUE(regex) << regex.error().text();
  RegexScratch scratch;
  return regex->match(as_bytes(subject), start, scratch);
}

TEST(Regex, ObeysItsFlags) {
  struct Row {
    const char* pattern;
    RegexFlags flags;
    const char* subject;
    RegexOutcome expected;
  };
  constexpr auto kMatch = RegexOutcome::kMatch, kNoMatch = RegexOutcome::kNoMatch;
  const Row rows[] = {
      {"ab+c", {}, "xabbc", kMatch},
      {"ab+c", {}, "xABBC", kNoMatch},
      {"ab+c", {.caseless = true}, "xABBC", kMatch},
      {"^b", {}, "a\nb", kNoMatch},
      {"^b", {.multiline = true}, "a\nb", kMatch},
      {"a.b", {}, "a\nb", kNoMatch},
      {"a.b", {.dot_all = true}, "a\nb", kMatch},
      {"a b # c", {.extended = true}, "ab", kMatch},
      {"b", {.anchored = true}, "ab", kNoMatch},
      {"b$", {}, "b\n", kMatch},
      {"b$", {.dollar_end_only = true}, "b\n", kNoMatch},
      {"\\xff", {}, "\xff", kMatch},
      {"^$", {}, "", kMatch},
  };
  for (const Row& row : rows)
    EXPECT_EQ(match(row.pattern, row.flags, row.subject), row.expected) << row.pattern;
}

TEST(Regex, StartsWhereItIsTold) {
  EXPECT_EQ(match("a", {}, "ab", 1), RegexOutcome::kNoMatch);
  EXPECT_EQ(match("(?<=a)b", {}, "ab", 1), RegexOutcome::kMatch);
  EXPECT_EQ(match("x*", {}, "ab", 2), RegexOutcome::kMatch);
  EXPECT_EQ(match("x*", {}, "ab", 3), RegexOutcome::kNoMatch);
  EXPECT_EQ(match("b", {.anchored = true}, "ab", 1), RegexOutcome::kMatch);
}

TEST(Regex, GivesCapturesAndNames) {
  const auto regex = Regex::compile("(?P<user>\\w+)(x)?@(?<host>[a-z.]+)");
  ASSERT_TRUE(regex);
  EXPECT_EQ(regex->capture_count(), 3u);
  EXPECT_THAT(regex->names(),
              testing::UnorderedElementsAre(testing::Pair("user", 1u), testing::Pair("host", 3u)));
  RegexScratch scratch;
  const std::string_view subject = "<me@example.org>";
  ASSERT_EQ(regex->match(as_bytes(subject), 0, scratch), RegexOutcome::kMatch);
  EXPECT_EQ(as_text(*scratch.capture(0)), "me@example.org");
  EXPECT_EQ(as_text(*scratch.capture(1)), "me");
  EXPECT_FALSE(scratch.capture(2));
  EXPECT_EQ(as_text(*scratch.capture(3)), "example.org");
  EXPECT_FALSE(scratch.capture(4));
  EXPECT_EQ(scratch.match_begin(), 1u);
  EXPECT_EQ(scratch.match_end(), 15u);
  ASSERT_EQ(regex->match(as_bytes(std::string_view("-")), 0, scratch), RegexOutcome::kNoMatch);
  EXPECT_FALSE(scratch.capture(0));
}

TEST(Regex, StopsAtItsLimit) {
  EXPECT_EQ(match("(a+)+$", {}, std::string(40, 'a') + "b"), RegexOutcome::kLimit);
}

TEST(Regex, SaysWhereAnExpressionIsWrong) {
  const auto regex = Regex::compile("a(b");
  ASSERT_FALSE(regex);
  EXPECT_THAT(regex.error().message, HasSubstr("'a(b' is wrong at offset 3: missing"));
}

}  // namespace
}  // namespace culvert
