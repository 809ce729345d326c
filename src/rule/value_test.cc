#include "rule/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rule/content_pattern.h"
#include "rule/number_match.h"

namespace culvert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Value, SplitsAndTrims) {
  EXPECT_THAT(split_list(" a, b ,c "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split_list(""), ElementsAre(""));
  EXPECT_THAT(split_list("a,,"), ElementsAre("a", "", ""));
  EXPECT_THAT(split_words("  count 5\tseconds  "), ElementsAre("count", "5", "seconds"));
  EXPECT_THAT(split_words(" "), IsEmpty());
  std::string_view text = " ! \"x\"";
  EXPECT_TRUE(take_negation(text));
  EXPECT_TRUE(take_quotes(text));
  EXPECT_EQ(text, "x");
  EXPECT_FALSE(take_quotes(text));
}

TEST(Value, EscapesAndUnescapes) {
  EXPECT_EQ(unescape(R"(a\;b\"c\\d\:e\f\)"), R"(a;b"c\d:e\f\)");
  for (const std::string text : {"plain", "a;b", "\"", "\\", "a\\;b:c"})
    EXPECT_EQ(unescape(escape(text)), text);
}

TEST(Value, ParsesIntegersOfARange) {
  EXPECT_EQ(parse_integer("-5", -10, 10), -5);
  EXPECT_EQ(parse_integer("+5", -10, 10), 5);
  EXPECT_EQ(parse_integer("0x0a", -10, 10), 10);
  for (const char* text : {"", "-", "11", "-11", "5x", " 5", "--5", "0x", "99999999999999999999"})
    EXPECT_FALSE(parse_integer(text, -10, 10)) << text;
  EXPECT_EQ(parse_unsigned("18446744073709551615", UINT64_MAX), UINT64_MAX);
  EXPECT_THAT(parse_unsigned("256", 255).error().message, HasSubstr("from 0 to 255"));
}

TEST(ContentPattern, GivesTheBytes) {
  using namespace std::string_literals;
  const std::pair<const char*, std::string> rows[] = {
      {"abc", "abc"},
      {"a|41 42|b", "aABb"},
      {"|4142 4 3|", "ABC"},
      {"|41|42|43|", "A42C"},
      {"a||b", "ab"},
      {"|00 ff 0A|", "\0\xff\n"s},
      {R"(\"\;\:\\)", R"(";:\)"},
      {"a:b", "a:b"},
      {"xyz\\", "xyz\\"},
      {" a ", " a "},
      {"caf\xc3\xa9", "caf\xc3\xa9"},
  };
  for (const auto& [pattern, bytes] : rows) {
    const auto parsed = parse_content_pattern(pattern);
    ASSERT_TRUE(parsed) << pattern << ": " << parsed.error().text();
    EXPECT_EQ(*parsed, bytes) << pattern;
    EXPECT_EQ(parse_content_pattern(print_content_pattern(bytes)), bytes);
  }
  EXPECT_EQ(print_content_pattern("a|\"b\r\n"), "a|7c 22|b|0d 0a|");
}

TEST(ContentPattern, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "no bytes"},
      {"||", "no bytes"},
      {"a|4|", "half a byte"},
      {"a|4x|", "no hex digit"},
      {"a|41", "is missing"},
      {"a\\xb", "for a backslash"},
      {"a\\|b", "for a backslash"},
      {"a\"b", "double quote"},
      {"|41 \\\"|", "no hex digit"},
  };
  for (const auto& [pattern, message] : rows) {
    const auto parsed = parse_content_pattern(pattern);
    ASSERT_FALSE(parsed) << pattern;
    EXPECT_THAT(parsed.error().message, HasSubstr(message)) << pattern;
  }
}

/// As Suricata 8.0.8 does for `ttl`, seen with a packet for each value.
TEST(NumberMatch, MeansWhatTheReferenceMeans) {
  struct Row {
    const char* text;
    std::vector<std::uint64_t> yes, no;
  };
  const Row rows[] = {
      {"10", {10}, {9, 11}},
      {"0x0a", {10}, {9, 11}},
      {"010", {10}, {8}},
      {"=10", {10}, {9, 11}},
      {"!10", {9, 11}, {10}},
      {"! 10", {9, 11}, {10}},
      {"!=10", {9, 11}, {10}},
      {"> 10", {11, 255}, {10}},
      {">=10", {10, 11}, {9}},
      {"<10", {0, 9}, {10}},
      {"<=0", {0}, {1}},
      {"10-13", {11, 12}, {10, 13}},
      {"10 <> 13", {11, 12}, {10, 13}},
      {"0x5-0x9", {6, 8}, {5, 9}},
      {"!10-13", {10, 13, 0}, {11, 12}},
      {"!10<>13", {10, 13, 0}, {11, 12}},
      {"&0x01=0x01", {1, 3, 255}, {0, 2}},
      {"& 1 != 1", {0, 2}, {1, 3}},
      {"&0x01=0", {0, 2}, {1, 3}},
  };
  for (const Row& row : rows) {
    const auto match = NumberMatch::parse(row.text, 255);
    ASSERT_TRUE(match) << row.text << ": " << match.error().text();
    for (const std::uint64_t value : row.yes)
      EXPECT_TRUE(match->matches(value)) << row.text << value;
    for (const std::uint64_t value : row.no)
      EXPECT_FALSE(match->matches(value)) << row.text << value;
    EXPECT_EQ(NumberMatch::parse(match->text(), 255), *match) << row.text;
  }
}

TEST(NumberMatch, RefusesWhatIsMalformedOrSaysNothing) {
  for (const char* text :
       {"",     "==10",  "10-11",   "10-10",  "13-10", "10<>11", "-10",   "10-",   "<>10",
        "256",  "-1",    "300-400", "10-300", ">255",  "<0",     ">=0",   "<=255", ">=256",
        "<256", "&0x40", "&1=2",    "!>10",   "10,",   "1kb",    "0xfff", "any",   "a",
        "=>10", "=<10",  "10--13",  "10>",    "10:13", "!&1=1",  "&=1"})
    EXPECT_FALSE(NumberMatch::parse(text, 255)) << text;
}

TEST(NumberMatch, TakesUnitsAndNames) {
  const auto test = NumberMatch::parse(">1kB", UINT64_MAX);
  EXPECT_TRUE(test->matches(1025));
  EXPECT_FALSE(test->matches(1024));
  EXPECT_EQ(NumberMatch::parse("1MB-2Gib", UINT64_MAX)->b(), 2ull << 30);
  EXPECT_FALSE(NumberMatch::parse("18446744073709551615gb", UINT64_MAX));
  EXPECT_EQ(NumberMatch::parse("0x1b", UINT64_MAX)->a(), 0x1bu);

  constexpr std::pair<std::string_view, std::uint64_t> kNames[] = {{"A", 1}, {"nx-domain", 3}};
  EXPECT_EQ(NumberMatch::parse("a", 255, kNames)->a(), 1u);
  EXPECT_EQ(NumberMatch::parse("!NX-domain", 255, kNames),
            NumberMatch(NumberMatch::Kind::kNotEqual, 3));
  EXPECT_THAT(NumberMatch::parse("b", 255, kNames).error().message, HasSubstr("nor a name"));
}

}  // namespace
}  // namespace culvert
