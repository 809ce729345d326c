// The buffers of HTTP/1, byte by byte. The rows were watched at the reference, Suricata 8.0.
#include "protocols/http/http_buffers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "protocols/http/http_testing.h"

namespace culvert::http1 {
namespace {

constexpr Direction kRequest = Direction::kToServer, kResponse = Direction::kToClient;

/// "-": there is none.
std::string look(Connection& connection, std::string_view name, Direction direction,
                 std::uint32_t instance = 0, BufferExtent* extent = nullptr) {
  const BufferSpec* const spec = std::ranges::find(kHttpBuffers, name, &BufferSpec::name);
  EXPECT_NE(spec, std::end(kHttpBuffers)) << name;
  const Flow flow;
  BufferScratch scratch;
  const auto bytes =
      spec->get(BufferRequest{flow, connection.tx(0), direction, instance, scratch, extent});
  return bytes ? std::string(as_text(*bytes)) : "-";
}

TEST(HttpBuffers, OfOneConversation) {
  Connection connection;
  static_cast<void>(connection.to_server(
      "POST /Path/%41?q=1#f HTTP/1.1\r\nHost: Example.COM:8080\r\nUser-Agent:  UA/1.0  \r\n"
      "user-AGENT: second\r\nReferer: http://r/\r\nCookie: a=b\r\nCookie: c=d\r\nX-Empty:\r\n"
      "NoColon\r\nContent-Length: 5\r\n\r\nhello"));
  static_cast<void>(connection.to_client(
      "HTTP/1.1 200 Very OK\r\nServer: nginx\r\nLocation: /x\r\nSet-Cookie: s=1\r\nX-A: 1\r\n"
      "X-A: 2\r\nContent-Length: 4\r\n\r\nBODY"));
  struct Row {
    const char* name;
    Direction direction;
    const char* expected;
  };
  const Row rows[] = {
      {"http.method", kRequest, "POST"},
      {"http.uri", kRequest, "/Path/A?q=1#f"},
      {"http.uri.raw", kRequest, "/Path/%41?q=1#f"},
      {"http.protocol", kRequest, "HTTP/1.1"},
      {"http.request_line", kRequest, "POST /Path/%41?q=1#f HTTP/1.1"},
      {"http.header", kRequest,
       "Host: Example.COM:8080\r\nUser-Agent: UA/1.0, second\r\nReferer: http://r/\r\n"
       "X-Empty: \r\n: NoColon\r\nContent-Length: 5\r\n"},
      {"http.header_names", kRequest,
       "\r\nHost\r\nUser-Agent\r\nReferer\r\nCookie\r\nX-Empty\r\n\r\nContent-Length\r\n\r\n"},
      {"http.cookie", kRequest, "a=b, c=d"},
      {"http.user_agent", kRequest, "UA/1.0, second"},
      {"http.host", kRequest, "example.com"},
      {"http.host.raw", kRequest, "Example.COM:8080"},
      {"http.referer", kRequest, "http://r/"},
      {"http.accept", kRequest, "-"},
      {"http.content_len", kRequest, "5"},
      {"http.request_body", kRequest, "hello"},
      {"http.protocol", kResponse, "HTTP/1.1"},
      {"http.response_line", kResponse, "HTTP/1.1 200 Very OK\r\n"},
      {"http.stat_code", kResponse, "200"},
      {"http.stat_msg", kResponse, "Very OK"},
      {"http.header", kResponse,
       "Server: nginx\r\nLocation: /x\r\nX-A: 1, 2\r\nContent-Length: 4\r\n"},
      {"http.start", kResponse,
       "HTTP/1.1 200 Very OK\r\n\r\nServer: nginx\r\nLocation: /x\r\nSet-Cookie: s=1\r\n"
       "X-A: 1, 2\r\nContent-Length: 4\r\n\r\n"},
      {"http.cookie", kResponse, "s=1"},
      {"http.location", kResponse, "/x"},
      {"http.server", kResponse, "nginx"},
      {"http.response_body", kResponse, "BODY"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(look(connection, row.name, row.direction), row.expected) << row.name;
  }
  EXPECT_EQ(look(connection, "http.request_header", kRequest, 2), "Referer: http://r/");
  EXPECT_EQ(look(connection, "http.request_header", kRequest, 99), "-");
  EXPECT_EQ(look(connection, "http.response_header", kResponse, 3), "X-A: 1, 2");
}

TEST(HttpBuffers, WithoutHeaders) {
  Connection connection;
  static_cast<void>(connection.to_server("GET /.. HTTP/1.1\r\n\r\n"));
  static_cast<void>(connection.to_client("HTTP/1.1 204 \r\n\r\n"));
  EXPECT_EQ(look(connection, "http.uri", kRequest), "-");
  EXPECT_EQ(look(connection, "http.header", kRequest), "-");
  EXPECT_EQ(look(connection, "http.header_names", kRequest), "-");
  EXPECT_EQ(look(connection, "http.start", kRequest), "GET /.. HTTP/1.1\r\n");
  EXPECT_EQ(look(connection, "http.stat_msg", kResponse), "");
  EXPECT_EQ(look(connection, "http.host", kRequest), "-");
  EXPECT_EQ(look(connection, "http.request_body", kRequest), "-");
}

TEST(HttpBuffers, TheHeaderOfAChangeOfProtocolIsSeenByFieldsOnly) {
  constexpr std::string_view kWhole[] = {"http.header", "http.header.raw", "http.header_names",
                                         "http.start"};
  const auto sees_whole = [&](Connection& connection, Direction direction) {
    const auto is_seen = [&](auto name) { return look(connection, name, direction) != "-"; };
    const auto seen = std::ranges::count_if(kWhole, is_seen);
    EXPECT_TRUE(seen == 0 || seen == std::ssize(kWhole)) << seen;
    return seen != 0;
  };
  constexpr std::string_view kConnect = "CONNECT a.b:443 HTTP/1.1\r\nHost: a.b\r\n\r\n";

  Connection granted;
  static_cast<void>(granted.to_server(kConnect));
  EXPECT_EQ(look(granted, "http.host", kRequest), "a.b");
  EXPECT_EQ(look(granted, "http.request_header", kRequest), "Host: a.b");
  EXPECT_FALSE(sees_whole(granted, kRequest)) << "not yet";
  static_cast<void>(granted.to_client("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n"));
  EXPECT_FALSE(sees_whole(granted, kRequest));
  EXPECT_TRUE(sees_whole(granted, kResponse));
  EXPECT_EQ(granted.tx(0).progress[index_of(kRequest)], kRequestComplete);

  Connection refused;
  static_cast<void>(refused.to_server(kConnect));
  EXPECT_LT(refused.tx(0).progress[index_of(kRequest)], kRequestComplete);
  static_cast<void>(refused.to_client("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_TRUE(sees_whole(refused, kRequest));

  Connection upgraded;
  static_cast<void>(upgraded.to_server("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"));
  static_cast<void>(upgraded.to_client("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n"));
  EXPECT_TRUE(sees_whole(upgraded, kRequest));
  EXPECT_FALSE(sees_whole(upgraded, kResponse));
  EXPECT_EQ(look(upgraded, "http.stat_code", kResponse), "101");
}

TEST(HttpBuffers, BodiesGrowInWindows) {
  HttpOptions options;
  options.request_body = {.limit = 0, .minimal_inspect_size = 10, .inspect_window = 4};
  Connection connection(options);
  BufferExtent extent;
  static_cast<void>(connection.to_server("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 30\r\n\r\n12345"));
  EXPECT_EQ(look(connection, "http.request_body", kRequest), "-") << "too little yet";
  static_cast<void>(connection.to_server("67890"));
  EXPECT_EQ(look(connection, "http.request_body", kRequest, 0, &extent), "1234567890");
  EXPECT_EQ(extent.offset, 0u);
  EXPECT_FALSE(extent.end);
  EXPECT_EQ(look(connection, "http.request_body", kRequest), "1234567890") << "the same round";
  static_cast<void>(connection.to_server("abcdefghij"));
  EXPECT_EQ(look(connection, "http.request_body", kRequest, 0, &extent), "7890abcdefghij");
  EXPECT_EQ(extent.offset, 6u);
  static_cast<void>(connection.to_server("ABCDEFGHIJ"));
  EXPECT_EQ(look(connection, "http.request_body", kRequest, 0, &extent), "ghijABCDEFGHIJ");
  EXPECT_TRUE(extent.end);
}

}  // namespace
}  // namespace culvert::http1
