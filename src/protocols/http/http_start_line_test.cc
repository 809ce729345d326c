#include "protocols/http/http_start_line.h"

#include <gtest/gtest.h>

#include <string>

namespace culvert::http1 {
namespace {

std::string events(const HttpTransaction& tx) {
  std::string names;
  for (std::size_t i = 0; i < kEventCount; ++i) {
    if (!tx.events.has(static_cast<std::uint8_t>(i))) continue;
    if (!names.empty()) names += ' ';
    names += kEventNames[i];
  }
  return names;
}

TEST(RequestLine, IsReadAsTheReferenceReadsIt) {
  const struct {
    std::string_view line, method, uri, protocol, events;
  } cases[] = {
      {"GET /a HTTP/1.1", "GET", "/a", "HTTP/1.1", ""},
      {"GET  /a  HTTP/1.1 ", "GET", "/a", "HTTP/1.1", ""},
      {"GET\t/a\tHTTP/1.1", "GET", "/a", "HTTP/1.1",
       "method_delim_non_compliant uri_delim_non_compliant"},
      {" GET /a HTTP/1.1", "GET", "/a", "HTTP/1.1", "request_line_leading_whitespace"},
      {"GET /a b HTTP/1.1", "GET", "/a b", "HTTP/1.1", ""},
      {"GET /a HTTP/ 1.1", "GET", "/a HTTP/", "1.1", ""},
      {"GET /a\vHTTP/1.1", "GET", "/a", "HTTP/1.1", "uri_delim_non_compliant"},
      {"GET /a HTTP/0.9", "GET", "/a", "HTTP/0.9", "protocol_contains_extra_data"},
      {"GET /a", "GET", "/a", "", ""},
      {"GET", "GET", "", "", ""},
      {"FOO /a BAR", "FOO", "/a", "BAR", "request_line_unknown_method_invalid_protocol"},
      {"FOO /a", "FOO", "/a", "", "request_line_unknown_method_no_protocol"},
      {"", "", "", "", "request_line_unknown_method_no_protocol"},
  };
  const HttpOptions options;
  for (const auto& expected : cases) {
    SCOPED_TRACE(expected.line);
    HttpTransaction tx(options);
    parse_request_line(expected.line, tx);
    EXPECT_EQ(tx.method, expected.method);
    EXPECT_EQ(tx.raw_uri, expected.uri);
    EXPECT_EQ(tx.request.protocol, expected.protocol);
    EXPECT_EQ(events(tx), expected.events);
  }
}

TEST(RequestLine, NamesTheHost) {
  const HttpOptions options;
  HttpTransaction tx(options);
  parse_request_line("CONNECT a.b:443 HTTP/1.1", tx);
  EXPECT_TRUE(tx.is_connect);
  EXPECT_EQ(tx.uri_port, 443);
}

TEST(StatusLine, IsReadAsTheReferenceReadsIt) {
  const struct {
    std::string_view line;
    std::uint16_t status;
    std::string_view reason, events;
  } cases[] = {
      {"HTTP/1.1 200 OK", 200, "OK", ""},
      {"http/1.1 200", 200, "", ""},
      {"HTTP/1.1 0200 all is well", 200, "all is well", ""},
      {" \tHTTP/1.1\t 200  OK", 200, "OK", ""},
      {"HTTP/1.1 20 ok", 0, "ok", "response_line_invalid_response_status"},
      {"HTTP/1.1 2000 ok", 0, "ok", "response_line_invalid_response_status"},
      {"HTTP/1.1 2x0 ok", 0, "ok", "response_line_invalid_response_status"},
      {"HTTP/1.1", 0, "", "response_line_invalid_response_status"},
      {"HTTP/1.10 200 ok", 200, "ok", "response_line_invalid_protocol"},
      {"HTTP/2.0 200 ok", 200, "ok", "response_line_invalid_protocol"},
      {"HTTP/0.9 200 ok", 200, "ok", "protocol_contains_extra_data"},
  };
  const HttpOptions options;
  for (const auto& expected : cases) {
    SCOPED_TRACE(expected.line);
    HttpTransaction tx(options);
    parse_status_line(expected.line, tx);
    EXPECT_EQ(tx.status, expected.status);
    EXPECT_EQ(tx.reason, expected.reason);
    EXPECT_EQ(events(tx), expected.events);
  }
}

TEST(StatusLine, IsToldFromBodies) {
  EXPECT_TRUE(looks_like_status_line(" http/1.1 200"));
  EXPECT_FALSE(looks_like_status_line("<html>"));
  EXPECT_TRUE(may_become_status_line(""));
  EXPECT_TRUE(may_become_status_line("\r\nHT"));
  EXPECT_FALSE(may_become_status_line("HX"));
  EXPECT_TRUE(has_known_method("get /"));
  EXPECT_FALSE(has_known_method("GETX /"));
}

}  // namespace
}  // namespace culvert::http1
