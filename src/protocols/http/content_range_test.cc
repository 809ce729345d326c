#include "protocols/http/content_range.h"

#include <gtest/gtest.h>

namespace culvert::http1 {
namespace {

TEST(ContentRange, IsRead) {
  const struct {
    std::string_view text;
    std::uint64_t start, end;
    std::optional<std::uint64_t> total;
  } cases[] = {
      {"bytes 0-99/1000", 0, 99, 1000},
      {"Bytes  5-5/6", 5, 5, 6},
      {"bytes 0-99/*", 0, 99, std::nullopt},
      {"bytes 0-99", 0, 99, std::nullopt},
  };
  for (const auto& [text, start, end, total] : cases) {
    const auto found = parse_content_range(text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->range.start, start) << text;
    EXPECT_EQ(found->range.end, end) << text;
    EXPECT_EQ(found->total, total) << text;
  }
}

TEST(ContentRange, RejectsWhatIsNone) {
  for (const char* text : {"", "bytes", "bytes */1000", "items 0-9/10", "bytes 9-0/10", "bytes 1",
                           "bytes 1-", "bytes 99999999999999999999-1/2"}) {
    EXPECT_FALSE(parse_content_range(text)) << text;
  }
}

}  // namespace
}  // namespace culvert::http1
