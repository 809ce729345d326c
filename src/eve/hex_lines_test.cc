#include "eve/hex_lines.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

TEST(HexLines, AreAsTheReferencePrintsThem) {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"GET /base64-hell", " 0000  47 45 54 20 2F 62 61 73  65 36 34 2D 68 65 6C 6C   GET /bas e64-hell\n"},
      {"\r\n\r\n", " 0000  0D 0A 0D 0A                                        ....\n"},
      {"SGVsbG8gV29ybGQu\n", " 0000  53 47 56 73 62 47 38 67  56 32 39 79 62 47 51 75   SGVsbG8g V29ybGQu\n"
                             " 0010  0A                                                 .\n"},
  };
  for (const auto& [bytes, lines] : rows) {
    std::string text;
    append_hex_lines(as_bytes(std::string_view(bytes)), text);
    EXPECT_EQ(text, lines);
  }
}

}  // namespace
}  // namespace culvert
