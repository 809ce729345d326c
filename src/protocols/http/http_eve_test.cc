#include "protocols/http/http_eve.h"

#include <gtest/gtest.h>

#include <string>

#include "event/json_writer.h"
#include "protocols/http/http_testing.h"

namespace culvert::http1 {
namespace {

std::string record(Connection& c, const HttpEveOptions& options) {
  const Flow flow;
  JsonWriter json;
  json.begin_object();
  EXPECT_TRUE(kHttpLoggers[0].write(flow, c.tx(0), Direction::kToServer, &options, json));
  json.end_object();
  return std::string(json.text());
}

Connection& example(Connection& c) {
  (void)c.to_server(
      "POST /a?b HTTP/1.1\r\nHost: A.b:8080\r\nUser-Agent: ua\r\nReferer: r\r\n"
      "X-Forwarded-For: 1.2.3.4\r\nContent-Length: 2\r\n\r\nhi");
  (void)c.to_client(
      "HTTP/1.1 206 OK\r\nContent-Type: text/html; x\r\nContent-Range: bytes 1-3/10\r\n"
      "Location: /c\r\nContent-Length: 3\r\n\r\nabc");
  return c;
}

TEST(HttpEve, WritesWhatTheOptionsAskFor) {
  Connection c;
  example(c);
  HttpEveOptions options;
  options.extended = false;
  const std::string basic =
      R"("hostname":"a.b","http_port":8080,"url":"/a?b","http_user_agent":"ua","xff":"1.2.3.4",)"
      R"("http_content_type":"text/html",)"
      R"("content_range":{"raw":"bytes 1-3/10","start":1,"end":3,"size":10})";
  EXPECT_EQ(record(c, options), R"({"tx_id":0,"http":{)" + basic + "}}");

  options.extended = true;
  const std::string extended =
      basic +
      R"(,"http_refer":"r","http_method":"POST","protocol":"HTTP/1.1","status":206,"redirect":"/c","length":3)";
  EXPECT_EQ(record(c, options), R"({"tx_id":0,"http":{)" + extended + "}}");

  options.custom = {"location", "referer"};
  EXPECT_EQ(record(c, options),
            R"({"tx_id":0,"http":{)" + extended +
                R"(,"request_headers":[{"name":"Referer","value":"r"}])"
                R"(,"response_headers":[{"name":"Location","value":"/c"}]}})");

  options.custom.clear();
  options.all_response_headers = true;
  EXPECT_NE(record(c, options).find(R"({"name":"Content-Length","value":"3"})"), std::string::npos);
  EXPECT_EQ(record(c, options).find("request_headers"), std::string::npos);
}

TEST(HttpEve, AlertsHaveBodiesWhenAsked) {
  Connection c;
  example(c);
  const Flow flow;
  JsonWriter json;
  json.begin_object();
  write_alert_bodies(flow, c.tx(0), true, true, json);
  json.end_object();
  const std::string text(json.text());
  EXPECT_NE(text.find(R"("http_request_body_printable":"hi","http_response_body_printable":"abc")"),
            std::string::npos);
  EXPECT_NE(text.find(R"("http_request_body":"aGk=","http_response_body":"YWJj")"), std::string::npos);
  EXPECT_EQ(header_of(c.tx(0), "x-forwarded-for"), "1.2.3.4");
}

TEST(HttpEve, ContentRanges) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"bytes */10", R"({"raw":"bytes */10","size":10})"},
      {"bytes 1-2/*", R"({"raw":"bytes 1-2/*","start":1,"end":2})"},
      {"foo", R"({"raw":"foo"})"},
      {"bytes 1-", R"({"raw":"bytes 1-"})"},
      {"bytes 99999999999999999999-1/2", R"({"raw":"bytes 99999999999999999999-1/2"})"},
  };
  for (const auto& [value, expected] : cases) {
    Connection c;
    (void)c.to_server("GET / HTTP/1.0\r\n\r\n");
    (void)c.to_client("HTTP/1.0 206 OK\r\nContent-Range: " + std::string(value) +
                      "\r\nContent-Length: 0\r\n\r\n");
    EXPECT_NE(record(c, {}).find("\"content_range\":" + std::string(expected)), std::string::npos)
        << record(c, {});
  }
}

}  // namespace
}  // namespace culvert::http1
