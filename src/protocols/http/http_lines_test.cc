#include "protocols/http/http_lines.h"

#include <gtest/gtest.h>

#include <string>

namespace culvert::http1 {
namespace {

using namespace std::string_view_literals;

std::string fields_of(Direction direction, std::string_view text, std::string& events) {
  const HttpOptions options;
  HttpTransaction tx(options);
  HeaderTable fields;
  (void)parse_fields(direction, tx.arena.copy(text), 100, tx, fields);
  std::string out;
  for (const Header& header : fields) {
    if (!out.empty()) out += "|";
    out += std::string(header.name) + "=" + std::string(header.value);
  }
  events.clear();
  for (std::size_t i = 0; i < kEventCount; ++i) {
    if (!tx.events.has(static_cast<std::uint8_t>(i))) continue;
    if (!events.empty()) events += ' ';
    events += kEventNames[i];
  }
  return out;
}

struct Reading {
  std::string_view text, fields, events = "";
};

TEST(RequestFields, AreReadAsTheReferenceReadsThem) {
  const Reading cases[] = {
      {"Host: a\r\nFoo: bar\r\n\r\n", "Host=a|Foo=bar"},
      {"Host: a\nFoo:bar\n\n", "Host=a|Foo=bar"},
      {"Foo: bar\r\r\nA: b\r\n\r\n", "Foo=bar|A=b"},
      {"Foo: bar\r\n http://x:80/\r\n\r\n", "Foo=bar http://x:80/"},
      {"Foo: bar  \r\n   baz\r\n\r\n", "Foo=bar     baz"},
      {"Foo: a\r\n \r\nB: c\r\n\r\n", "Foo=a|B=c"},
      {"Foo bar\r\n baz: x\r\n\r\n", "Foo bar\r\n baz=x", "request_header_invalid"},
      {"Foo : a\r\n\r\n", "Foo=a", "request_invalid_lws_after_name"},
      {": x\r\n\r\n", "=x", "request_field_missing_colon"},
      {"Foo;bar\r\n\r\n", "=Foo;bar", "request_field_missing_colon"},
      {"F@o: x\r\n\r\n", "F@o=x", "request_header_invalid"},
      {"F@o: x\r\nFoo : a\r\n\r\n", "F@o=x|Foo=a", "request_header_invalid"},
      {"Foo : a\r\nF@o : x\r\n\r\n", "Foo=a|F@o=x", "request_invalid_lws_after_name"},
      {"A: b\r\nF@o: x\r\n", "A=b|F@o=x"},
      {"Foo;bar\r\nA: b\r\n", "=Foo;bar|A=b", "request_field_missing_colon"},
      {"A: b\r\nFoo;bar\r\n", "A=b|=Foo;bar"},
      {"Foo: a\r\nfoo: b\r\nFOO: c\r\n\r\n", "Foo=a, b, c", "request_header_repetition"},
      {"Content-Length: 3\r\nContent-Length: 4\r\n\r\n", "Content-Length=3",
       "duplicate_content_length_field_in_request request_header_repetition"},
  };
  for (const Reading& expected : cases) {
    std::string events;
    EXPECT_EQ(fields_of(Direction::kToServer, expected.text, events), expected.fields)
        << expected.text;
    EXPECT_EQ(events, expected.events) << expected.text;
  }
}

TEST(ResponseFields, AreReadAsTheReferenceReadsThem) {
  const Reading cases[] = {
      {"Foo: bar\rA: b\n\n", "Foo=bar|A=b"},
      {"Foo: \r bar\r\n\r\n", "Foo=bar"},
      {"Foo: bar\r\n http://x:80/\r\n\r\n", "Foo=bar|http=//x:80/"},
      {"Foo: bar\r\n\t\tbaz\r\n\r\n", "Foo=bar\t\tbaz"},
      {"Foo:\r\n :bar\r\n\r\n", "Foo=:bar"},
      {"Foo\r\n :\r\n bar\r\n\r\n", "Foo=bar", "response_invalid_lws_after_name"},
      {" Foo: bar\r\n\r\n", "Foo=bar", "invalid_response_field_folding"},
      {"\0Foo: bar\r\n\r\n"sv, "Foo=bar"},
      {"Foo:\n\0bar\r\n\r\n"sv, "Foo=bar"},
      {"Foo\0: bar\r\n\r\n"sv, "Foo=bar", "response_header_name_not_token"},
      {"Foo: bar\n\rA: b\r\n\r\n", "Foo=bar|A=b"},
      {"Foo: bar\r\n\r\r\nA: b\r\n\r\n", "Foo=bar|A=b", "deformed_eol"},
      {"Foo: bar\r\n\r \rA: b\r\n\r\n", "Foo=bar|A=b", "deformed_eol"},
      {"Foo: bar\r\r\nA: b\r\n\r\n", "Foo=bar"},
      {"Foo\r: bar\r\n\r\n", "=Foo, bar", "response_field_missing_colon response_header_repetition"},
  };
  for (const Reading& expected : cases) {
    std::string events;
    EXPECT_EQ(fields_of(Direction::kToClient, expected.text, events), expected.fields)
        << expected.text;
    EXPECT_EQ(events, expected.events) << expected.text;
  }
}

TEST(LineCutter, WaitsForWhatTells) {
  const struct {
    Direction direction;
    std::string_view text;
    LineStatus status;
    std::size_t position;
  } cases[] = {
      {Direction::kToServer, "Foo: bar", LineStatus::kMore, 0},
      {Direction::kToServer, "Foo: bar\r\n", LineStatus::kLine, 10},
      {Direction::kToServer, "\r\n", LineStatus::kEnd, 2},
      {Direction::kToServer, "\r\r\n", LineStatus::kEnd, 3},
      {Direction::kToClient, "Foo: bar\r", LineStatus::kMore, 0},
      {Direction::kToClient, "Foo: bar\rX", LineStatus::kLine, 9},
      {Direction::kToClient, "Foo: bar\r\nX", LineStatus::kLine, 10},
      {Direction::kToClient, "\r\n", LineStatus::kEnd, 2},
      {Direction::kToClient, "\n", LineStatus::kEnd, 1},
      {Direction::kToClient, "", LineStatus::kMore, 0},
  };
  for (const auto& expected : cases) {
    LineCutter cutter(expected.direction);
    std::string_view line;
    EXPECT_EQ(cutter.next(expected.text, false, line), expected.status) << expected.text;
    EXPECT_EQ(cutter.position(), expected.position) << expected.text;
  }
}

TEST(Fields, OfTheResponseAreNotComplainedOfAgain) {
  const HttpOptions options;
  HttpTransaction tx(options);
  HeaderTable request, response;
  (void)parse_fields(Direction::kToServer, "no colon\r\nF@o: x\r\n\r\n", 100, tx, request);
  (void)parse_fields(Direction::kToClient, "no colon\r\nA: b\r\nA: c\r\nF@o : x\r\n\r\n", 100, tx,
                     response);
  EXPECT_TRUE(tx.has_event(Event::kRequestFieldMissingColon));
  EXPECT_TRUE(tx.has_event(Event::kRequestHeaderInvalid));
  EXPECT_FALSE(tx.has_event(Event::kResponseFieldMissingColon));
  EXPECT_FALSE(tx.has_event(Event::kResponseHeaderNameNotToken));
  EXPECT_FALSE(tx.has_event(Event::kResponseInvalidLwsAfterName));
  EXPECT_TRUE(tx.has_event(Event::kResponseHeaderRepetition));
}

TEST(Fields, AreBounded) {
  // Many lines of one name: each join copies what there is.
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "A: " + std::string(1000, 'x') + "\r\n";
  const HttpOptions options;
  HttpTransaction tx(options);
  HeaderTable fields;
  EXPECT_TRUE(parse_fields(Direction::kToServer, tx.arena.copy(std::string_view(text + "\r\n")), 2000,
                           tx, fields));
  EXPECT_EQ(fields.size(), 1u);
  EXPECT_LT(tx.arena.used_bytes(), 2'000'000u);

  HttpTransaction other(options);
  fields.clear();
  EXPECT_FALSE(parse_fields(Direction::kToServer, other.arena.copy(std::string_view(text)), 100, other,
                            fields));
}

}  // namespace
}  // namespace culvert::http1
