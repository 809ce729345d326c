#include "protocols/http/header_table.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/ascii_case.h"

namespace culvert::http1 {
namespace {

constexpr std::pair<Field, const char*> kNames[] = {
    {Field::kHost, "Host"},
    {Field::kAccept, "Accept"},
    {Field::kCookie, "Cookie"},
    {Field::kServer, "Server"},
    {Field::kReferer, "Referer"},
    {Field::kUpgrade, "Upgrade"},
    {Field::kLocation, "Location"},
    {Field::kConnection, "Connection"},
    {Field::kSetCookie, "Set-Cookie"},
    {Field::kUserAgent, "User-Agent"},
    {Field::kContentType, "Content-Type"},
    {Field::kAuthorization, "Authorization"},
    {Field::kContentRange, "Content-Range"},
    {Field::kContentLength, "Content-Length"},
    {Field::kAcceptEncoding, "Accept-Encoding"},
    {Field::kAcceptLanguage, "Accept-Language"},
    {Field::kXForwardedFor, "X-Forwarded-For"},
    {Field::kContentEncoding, "Content-Encoding"},
    {Field::kTransferEncoding, "Transfer-Encoding"},
    {Field::kContentDisposition, "Content-Disposition"},
};

TEST(FieldOf, KnowsEachNameInAnyCase) {
  EXPECT_EQ(std::size(kNames), kFields);
  for (const auto& [field, name] : kNames) {
    EXPECT_EQ(field_of(name), field) << name;
    std::string upper(name);
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    EXPECT_EQ(field_of(upper), field) << upper;
    EXPECT_EQ(field_of(upper.substr(1)), Field::kOther) << upper;
    EXPECT_EQ(field_of(upper + "x"), Field::kOther) << upper;
  }
  for (const char* const other :
       {"", "Hosu", "X", "Content-Dispositioo", "Content-Security-Policy"}) {
    EXPECT_EQ(field_of(other), Field::kOther) << other;
  }
}

TEST(FieldOf, NoOtherByteWillDo) {
  for (const auto& [field, name] : kNames) {
    std::string other(name);
    for (char& c : other) {
      const char right = c;
      for (int byte = 0; byte < 256; ++byte) {
        c = static_cast<char>(byte);
        const bool is_same = ascii_lower(c) == ascii_lower(right);
        EXPECT_EQ(field_of(other) == field, is_same) << name << ": " << other;
      }
      c = right;
    }
  }
}

TEST(HeaderTable, FindsTheFirstOfAName) {
  HeaderTable table;
  EXPECT_EQ(table.find(Field::kHost), nullptr);
  for (const auto& [name, value] :
       {std::pair{"X-A", "1"}, {"host", "2"}, {"Host", "3"}, {"x-a", "4"}}) {
    table.add({.name = name, .value = value}, field_of(name));
  }
  ASSERT_NE(table.find(Field::kHost), nullptr);
  EXPECT_EQ(table.find(Field::kHost)->value, "2");
  EXPECT_EQ(table.find("HOST")->value, "2");
  EXPECT_EQ(table.find("X-a")->value, "1");
  EXPECT_EQ(table.find("X-b"), nullptr);
  EXPECT_EQ(table.size(), 4u);
  table.clear();
  EXPECT_EQ(table.find(Field::kHost), nullptr);
  EXPECT_TRUE(table.empty());
}

}  // namespace
}  // namespace culvert::http1
