#include "event/json_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace culvert {
namespace {

std::string escaped(std::string_view text) {
  TextBuffer out(16);
  append_json_escaped(out, text);
  return std::string(out.text());
}

TEST(JsonText, EscapesAsTheReferenceDoes) {
  const std::tuple<const char*, std::string_view, const char*> cases[] = {
      {"empty", "", ""},
      {"plain", "www.example.com/a", "www.example.com/a"},
      {"quote and backslash", "a\"b\\c/d", "a\\\"b\\\\c/d"},
      {"short escapes", "\b\t\n\f\r", "\\b\\t\\n\\f\\r"},
      {"other controls", std::string_view("\x01\x1f\0", 3), "\\u0001\\u001f\\u0000"},
      {"delete is printed", "\x7f", "\x7f"},
      {"valid UTF-8", "x\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xc2\x80",
       "x\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xc2\x80"},
      {"one bad byte spoils the UTF-8 before it", "\xc3\xa9.\xe2\x82\xac\xed\xa0\x80",
       "\\\\xc3\\\\xa9.\\\\xe2\\\\x82\\\\xac\\\\xed\\\\xa0\\\\x80"},
      {"control and high", "\x01.a\"\x80\xff", "\\u0001.a\\\"\\\\x80\\\\xff"},
      {"long", "0123456789abcdef0123456789abcdef\"0123456789abcdef\\",
       "0123456789abcdef0123456789abcdef\\\"0123456789abcdef\\\\"},
  };
  for (const auto& [name, text, expected] : cases) EXPECT_EQ(escaped(text), expected) << name;
}

TEST(JsonText, KnowsValidUtf8) {
  const std::pair<const char*, bool> cases[] = {
      {"\xc2\x80", true},
      {"\xc1\xbf", false},
      {"\xe0\xa0\x80", true},
      {"\xe0\x9f\xbf", false},
      {"\xed\x9f\xbf", true},
      {"\xed\xa0\x80", false},
      {"\xf0\x90\x80\x80", true},
      {"\xf0\x8f\x80\x80", false},
      {"\xf4\x8f\xbf\xbf", true},
      {"\xf4\x90\x80\x80", false},
      {"\xf5\x80\x80\x80", false},
      {"\x80", false},
      {"\xc3", false},
      {"\xe2\x82", false},
      {"\xf0\x9f\x98", false},
  };
  for (const auto& [text, valid] : cases) EXPECT_EQ(is_valid_utf8(text), valid) << escaped(text);
}

/// Random texts of all kinds: the fast paths against their slow twins.
TEST(JsonText, FastAndSlowAgree) {
  std::mt19937 random(7);
  const std::string_view pieces[] = {"a",           "0123456789", "\"",
                                     "\\",          "\n",         "\x01",
                                     "\xc3\xa9",    "\x80",       "plain text of some length, ",
                                     "\xe2\x82\xac"};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const std::size_t mask = random();
    for (std::size_t i = random() % 12; i > 0; --i) {
      const std::size_t pick = random() % std::size(pieces);
      if ((mask >> pick & 1) != 0) text += pieces[pick];
    }
    TextBuffer slow(8);
    append_json_escaped_slowly(slow, text);
    ASSERT_EQ(escaped(text), slow.text());
    ASSERT_EQ(plain_prefix(text), plain_prefix_portable(text));
    ASSERT_TRUE(nlohmann::json::accept("\"" + escaped(text) + "\"")) << escaped(text);
  }
}

TEST(JsonText, Base64HexPrintable) {
  const std::tuple<std::string_view, const char*, const char*, const char*> cases[] = {
      {"", "", "", ""},
      {"f", "Zg==", "66", "f"},
      {"fo", "Zm8=", "666f", "fo"},
      {"foo", "Zm9v", "666f6f", "foo"},
      {"foobar", "Zm9vYmFy", "666f6f626172", "foobar"},
      {std::string_view("\0\xff\"\\\r\n\t~\x7f", 9), "AP8iXA0KCX5/", "00ff225c0d0a097e7f",
       "..\\\"\\\\\\r\\n.~."},
  };
  for (const auto& [text, base64, hex, printable] : cases) {
    TextBuffer out(1);
    append_base64(out, as_bytes(text));
    EXPECT_EQ(out.text(), base64);
    out.clear();
    append_hex(out, as_bytes(text));
    EXPECT_EQ(out.text(), hex);
    out.clear();
    append_json_printable(out, as_bytes(text));
    EXPECT_EQ(out.text(), printable);
  }
}

TEST(JsonWriter, WritesARecord) {
  JsonWriter json(4);
  json.begin_object();
  json.field("a", "x\"y");
  json.field("n", -5);
  json.field("u", std::uint64_t{18446744073709551615u});
  json.field("t", true);
  json.field_double("d", 1.5);
  json.field_double("whole", 2.0);
  json.field_double("nan", std::nan(""));
  json.begin_object("empty");
  json.end_object();
  json.begin_array("list");
  json.item(1);
  json.item("two");
  json.begin_object();
  json.field_address("k", IpAddress::v4(0x0a000001));
  json.end_object();
  json.begin_array();
  json.end_array();
  json.item(false);
  json.end_array();
  json.field_address("ip6", *IpAddress::parse("2001:db8::1"));
  json.field_base64("b", as_bytes("foo"));
  json.field_hex("h", as_bytes("foo"));
  json.field_raw("r", "{\"z\":[]}");
  json.field_printable("p", as_bytes("a\x01"));
  json.wire_field("k\"ey", "\n");
  json.field_null("z");
  json.end_object();
  EXPECT_EQ(
      json.text(),
      R"({"a":"x\"y","n":-5,"u":18446744073709551615,"t":true,"d":1.5,"whole":2.0,"nan":null,)"
      R"("empty":{},"list":[1,"two",{"k":"10.0.0.1"},[],false],)"
      R"("ip6":"2001:0db8:0000:0000:0000:0000:0000:0001","b":"Zm9v","h":"666f6f",)"
      R"("r":{"z":[]},"p":"a.","k\"ey":"\n","z":null})");
  EXPECT_TRUE(nlohmann::json::accept(json.text()));
}

TEST(JsonWriter, TakesBackToAMark) {
  JsonWriter json;
  json.begin_object();
  const auto first = json.mark();
  json.field("a", 1);
  json.rollback(first);
  json.field("a", 2);
  const auto here = json.mark();
  json.begin_object("b");
  EXPECT_TRUE(json.is_empty());
  json.begin_array("c");
  json.item(1);
  EXPECT_FALSE(json.is_empty());
  json.rollback(here);
  json.field("d", 2);
  json.end_object();
  EXPECT_EQ(json.text(), R"({"a":2,"d":2})");
}

TEST(TimeText, PrintsLocalTimeWithItsZone) {
  const std::tuple<const char*, std::int64_t, std::int64_t, const char*, const char*> cases[] = {
      {"UTC", 1700000000, 5'000, "2023-11-14T22:13:20.000005+0000", "11/14/2023-22:13:20.000005"},
      {"UTC", 0, 999'999'999, "1970-01-01T00:00:00.999999+0000", "01/01/1970-00:00:00.999999"},
      {"UTC", -1, 0, "1969-12-31T23:59:59.000000+0000", "12/31/1969-23:59:59.000000"},
      {"XXX-05:30", 1700000000, 0, "2023-11-15T03:43:20.000000+0530", "11/15/2023-03:43:20.000000"},
      {"YYY+03:30", 1700000000, 0, "2023-11-14T18:43:20.000000-0330", "11/14/2023-18:43:20.000000"},
  };
  for (const auto& [zone, second, nanosecond, iso, log] : cases) {
    ::setenv("TZ", zone, 1);
    ::tzset();
    TimeText text;
    EXPECT_EQ(text.iso(make_timestamp(second, nanosecond)), iso);
    EXPECT_EQ(text.log(make_timestamp(second, nanosecond)), log);
    EXPECT_EQ(text.iso(make_timestamp(second + 1, 7'000)).substr(17, 9).substr(2), ".000007");
    EXPECT_EQ(text.iso(make_timestamp(second, nanosecond)), iso);
  }
  ::setenv("TZ", "UTC", 1);
  ::tzset();
}

TEST(JsonWriter, LossyTextHasReplacementCharacters) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"caf\xc3\xa9 \"q\"", "caf\xc3\xa9 \\\"q\\\""},
      {"caf\xe9", "caf\xef\xbf\xbd"},
      {"\xe2\x82z", "\xef\xbf\xbdz"},                        // cut short: one
      {"\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd"},
      {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // a surrogate
      {"\xf0\x9f\x98", "\xef\xbf\xbd"},
      {"\n\x01", "\\n\\u0001"},
  };
  for (const auto& [text, expected] : cases) {
    JsonWriter json;
    json.begin_array();
    json.item_lossy(text);
    json.end_array();
    EXPECT_EQ(json.text(), "[\"" + std::string(expected) + "\"]");
  }
}

}  // namespace
}  // namespace culvert
