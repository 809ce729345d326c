#include "event/json_writer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "testing/hex.h"

namespace culvert {
namespace {

TEST(JsonWriter, WritesNestedObjectsAndArrays) {
  JsonWriter json;
  json.begin_object();
  json.field("a", 1u);
  json.begin_object("b");
  json.field("c", true);
  json.begin_array("d");
  json.item("x");
  json.item(-2);
  json.begin_object();
  json.end_object();
  json.end_array();
  json.end_object();
  json.field("e", "f");
  json.end_object();
  EXPECT_EQ(json.text(), R"({"a":1,"b":{"c":true,"d":["x",-2,{}]},"e":"f"})");
}

TEST(JsonWriter, EscapesWhatJsonAndUtf8DoNotAllow) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"plain", R"("plain")"},
      {"q\"b\\", R"("q\"b\\")"},
      {"\n\r\t\b\f", R"("\n\r\t\b\f")"},
      {std::string_view("\0\x1f", 2), R"("\u0000\u001f")"},
      {"caf\xc3\xa9", "\"caf\xc3\xa9\""},
      {"\xff", R"("\\xff")"},
      {"\xc0\xaf", R"("\\xc0\\xaf")"},
      {"\xe2\x82", R"("\\xe2\\x82")"},
  };
  for (const auto& [input, expected] : cases) {
    JsonWriter json;
    json.item(input);
    EXPECT_EQ(json.text(), expected);
  }
}

TEST(JsonWriter, WritesBytes) {
  JsonWriter json;
  json.begin_object();
  json.field_base64("a", as_bytes("f"));
  json.field_base64("b", as_bytes("fo"));
  json.field_base64("c", as_bytes("foo"));
  json.field_hex("d", hex("00 ff"));
  json.field_printable("e", hex("41 00 0a 22 80"));
  json.end_object();
  EXPECT_EQ(json.text(),
            R"({"a":"Zg==","b":"Zm8=","c":"Zm9v","d":"00ff","e":"A.\n\"."})");
}

TEST(JsonWriter, WritesTimesOfAnyMinute) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  JsonWriter json;
  json.begin_object();
  json.field_time("a", make_timestamp(1476458948, 218361000));
  json.field_time("b", make_timestamp(1476458999, 999999999));
  json.field_time("c", make_timestamp(1476459000, 1000));
  json.end_object();
  EXPECT_EQ(json.text(), R"({"a":"2016-10-14T15:29:08.218361+0000",)"
                         R"("b":"2016-10-14T15:29:59.999999+0000",)"
                         R"("c":"2016-10-14T15:30:00.000001+0000"})");
}

TEST(JsonWriter, RollsBack) {
  JsonWriter json;
  json.begin_object();
  const auto mark = json.mark();
  json.begin_object("x");
  json.end_object();
  json.rollback(mark);
  json.field("y", 1);
  json.end_object();
  EXPECT_EQ(json.text(), R"({"y":1})");
}

}  // namespace
}  // namespace culvert
