#include "insight/hex_excerpt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culvert {
namespace {

using testing::ElementsAre;

TEST(HexExcerpt, ShowsThePlaceAndMarksIt) {
  EXPECT_THAT(hex_excerpt(as_bytes("GET /abcd HTTP/1.1\r\n"), 5, 9, 1),
              ElementsAre("0000  47 45 54 20 2f 61 62 63  64 20 48 54 54 50 2f 31  GET /abcd HTTP/1",
                          "                     ^^ ^^ ^^  ^^"));
}

TEST(HexExcerpt, StaysInsideTheBuffer) {
  EXPECT_TRUE(hex_excerpt({}, 0, 0).empty());
  EXPECT_EQ(hex_excerpt(as_bytes("abc"), 100, 200).size(), 2u);  // the last byte, marked
  EXPECT_EQ(hex_excerpt(as_bytes("abc"), 2, 3).size(), 2u);
  const std::string big(1000, 'x');
  EXPECT_LE(hex_excerpt(as_bytes(big), 0, 1000, 3).size(), 6u);
}

TEST(QuoteContent, IsWrittenAsInRules) {
  const std::pair<const char*, const char*> rows[] = {
      {"abc", "abc"}, {"a\r\nb", "a|0d 0a|b"}, {"\x16\x03", "|16 03|"}, {"a;b", "a|3b|b"}, {"", ""}};
  for (const auto& [bytes, text] : rows) EXPECT_EQ(quote_content(as_bytes(std::string_view(bytes))), text);
  EXPECT_EQ(quote_content(as_bytes("abcdef"), 3), "abc...");
}

TEST(NearestPlace, IsWhereMostBytesAreEqual) {
  struct Row {
    const char *data, *pattern;
    bool nocase;
    std::size_t at, equal;
    bool other_case;
  };
  const Row rows[] = {
      {"xxhellxhelxo", "hello", false, 2, 4, false},
      {"xxHELLO", "hello", false, 2, 0, true},
      {"xxHELL", "hello", true, 2, 4, false},
      {"", "hello", false, 0, 0, false},
  };
  for (const Row& row : rows) {
    const std::string_view data(row.data);
    const NearestPlace near = find_nearest(as_bytes(data), as_bytes(std::string_view(row.pattern)), row.nocase, 0, data.size());
    EXPECT_EQ(near.at, row.at) << row.data;
    EXPECT_EQ(near.other_case, row.other_case) << row.data;
    if (!row.other_case) { EXPECT_EQ(near.equal, row.equal) << row.data; }
  }
}

}  // namespace
}  // namespace culvert
