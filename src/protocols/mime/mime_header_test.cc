#include "protocols/mime/mime_header.h"

#include <gtest/gtest.h>

namespace culvert::mime {
namespace {

TEST(MimeHeader, FindsParameters) {
  const std::pair<const char*, const char*> cases[] = {
      {"attachment", nullptr},
      {"attachment; size=3", nullptr},
      {"attachment; filename=tok.txt; size=3", "tok.txt"},
      {"attachment;FileName = x y.txt ", "x y.txt"},
      {"attachment; filename=\"a\\\"b;c.txt\"", "a\"b;c.txt"},
      {"attachment; filename=\"open", "\"open"},
      {"attachment; filename=\"\"", ""},
      {"attachment; xfilename=z; filename=y", "y"},
      {"attachment; filename=a;filename=b", "a"},
      {"attachment; filename*=utf-8'en'a%20b%C3%A9", "a b\xc3\xa9"},
      {"attachment; filename*=noquotes", "noquotes"},
      {"attachment; filename*=utf-8''star; filename=plain", "plain"},
      {"attachment; filename*0=\"abc\"; filename*1=\"def\"", "abcdef"},
      {"attachment; filename*1=B; filename*0=A", "AB"},
      {"attachment; filename*0=A; filename*2=C", "A"},
      {"attachment; filename*0*=utf-8''a%20; filename*1=\"b%20\"; filename*2*=%41", "a b%20A"},
      {"attachment; filename*1=B", nullptr},
      {"a; filename=%", "%"},
      {"a; filename*=''%4", "%4"},
      {"a; filename", nullptr},
      {"a; filename=\"x\\", "\"x\\"},
  };
  for (const auto& [value, expected] : cases) {
    std::string scratch;
    const auto found = find_parameter(value, "filename", scratch);
    EXPECT_EQ(found.has_value(), expected != nullptr) << value;
    if (found && expected != nullptr) {
      EXPECT_EQ(*found, expected) << value;
    }
  }
}

TEST(MimeHeader, SplitsAddresses) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"a@x, b@y", "[a@x][b@y]"},
      {"\"C, D\" <c@y>,e", "[\"C, D\" <c@y>][e]"},
      {"a,,b,c", "[a][,b][c]"},
      {" a , b", "[a ][b]"},
      {"a,", "[a]"},
      {"\"open, x", "[\"open, x]"},
  };
  for (const auto& [list, expected] : cases) {
    std::string items;
    std::string_view rest = list;
    while (const auto item = take_address(rest)) items += "[" + std::string(*item) + "]";
    EXPECT_EQ(items, expected) << list;
  }
}

}  // namespace
}  // namespace culvert::mime
