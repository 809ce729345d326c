#include "protocols/text/line_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "testing/chop.h"

namespace culvert {
namespace {

/// "[a|rn]" for a line, "[a>" for a piece that more follows.
std::string described(const Line& line) {
  return std::string(line.begins ? "[" : "<") + std::string(line.text()) + "|" +
         std::to_string(line.ending_size()) + (line.ends ? "]" : ">");
}

TEST(LineReader, AnySplitGivesTheSameLines) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"ab\r\nc\n\r\nd", "[ab|2][c|1][|2][d|0]"},
      {"\n\n", "[|1][|1]"},
      {"a\rb\r\n", "[a\rb|2]"},
      {"12345678\r\nx\r\n", "[12345678|0><|2][x|2]"},
      {"1234567\r\nx\r\n", "[1234567|0><|2][x|2]"},
      {"123456789012345678\r\n", "[12345678|0><90123456|0><78|2]"},
      {"\r\r\r\r\r\r\r\r\r\r\n", "[\r\r\r\r\r\r\r|0><\r\r|2]"},
  };
  for (const auto& [stream, expected] : cases) {
    for_each_chop(as_bytes(stream), [&, want = std::string(expected)](const auto& pieces) {
      LineReader reader(8);
      std::string lines;
      for (Bytes piece : pieces) {
        while (const auto line = reader.next(piece)) lines += described(*line);
      }
      if (const auto line = reader.flush()) lines += described(*line);
      EXPECT_EQ(lines, want);
      EXPECT_FALSE(reader.flush());
    });
  }
}

}  // namespace
}  // namespace culvert
