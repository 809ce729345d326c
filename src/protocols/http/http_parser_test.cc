#include "protocols/http/http_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "protocols/http/http_testing.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::http1 {
namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: a.b\r\n\r\n";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";

TEST(HttpParser, ReadsARequestAndItsResponse) {
  Connection c;
  EXPECT_EQ(c.to_server(kGet), ParseStatus::kDone);
  EXPECT_EQ(c.described(), "GET /a [Host=a.b] complete ->  [] started;\n");
  EXPECT_EQ(c.to_client(kOk), ParseStatus::kDone);
  EXPECT_EQ(c.described(),
            "GET /a [Host=a.b] complete -> 200 [Content-Length=3] <abc> complete;\n");
  const HttpTransaction& tx = c.tx(0);
  EXPECT_EQ(tx.request.line, "GET /a HTTP/1.1");
  EXPECT_EQ(tx.request.raw_headers, "Host: a.b\r\n\r\n");
  EXPECT_EQ(tx.response.line, "HTTP/1.1 200 OK");
  EXPECT_EQ(tx.reason, "OK");
  EXPECT_EQ(tx.status, 200);
  EXPECT_EQ(tx.host, "a.b");
  EXPECT_TRUE(tx.response.body_complete);
  EXPECT_TRUE(tx.events.empty());
}

/// What a request, with its response by default, makes of itself.
struct Reading {
  std::string_view to_server;
  std::string_view to_client;
  std::string_view transactions;
  std::string_view events = "";
};

void check(const Reading& reading) {
  SCOPED_TRACE(std::string(reading.to_server) + "\n" + std::string(reading.to_client));
  Connection c;
  (void)c.to_server(reading.to_server);
  if (!reading.to_client.empty()) (void)c.to_client(reading.to_client);
  c.end();
  EXPECT_EQ(c.described(), reading.transactions);
  ASSERT_GT(c.count(), 0u);
  EXPECT_EQ(c.events(0), reading.events);
}

TEST(HttpParser, BodiesEndWhereTheReferenceEndsThem) {
  const Reading readings[] = {
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", kOk,
       "POST / [Host=a|Content-Length=3] <abc> complete -> 200 [Content-Length=3] <abc> "
       "complete;\n"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
       "chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n",
       "", "POST / [Host=a|Transfer-Encoding=chunked+T=u] <abcde> complete ->  [] complete;\n",
       "request_chunk_extension"},
      {kGet, "HTTP/1.1 200 OK\r\n\r\nabc",
       "GET /a [Host=a.b] complete -> 200 [] <abc> complete;\n"},
      {kGet,
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\n\r\n f \r\n0123456789abcde\n0\n\n",
       "GET /a [Host=a.b] complete -> 200 [Transfer-Encoding=chunked] <0123456789abcde> "
       "complete;\n"},
      {kGet, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nX5O!P",
       "GET /a [Host=a.b] complete -> 200 [Transfer-Encoding=chunked] <X5O!P> complete;\n",
       "invalid_response_chunk_len"},
      {kGet, "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
       "GET /a [Host=a.b] complete -> 200 [Transfer-Encoding=xchunked] <abc> complete;\n",
       "response_abnormal_transfer_encoding"},
      {kGet, "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
       "GET /a [Host=a.b] complete -> 200 [Transfer-Encoding=chunked] <abc> complete;\n",
       "response_chunked_old_proto"},
      {kGet, "HTTP/1.1 200 OK\r\nContent-Length: x3y\r\n\r\nabc",
       "GET /a [Host=a.b] complete -> 200 [Content-Length=x3y] <abc> complete;\n",
       "content_length_extra_data_start content_length_extra_data_end"},
      {kGet, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
       "GET /a [Host=a.b] complete -> 200 [Content-Length=3] <abcd> complete;\n",
       "duplicate_content_length_field_in_response response_header_repetition"},
      {kGet, "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
       "GET /a [Host=a.b] complete -> 204 [Transfer-Encoding=chunked] <abc> complete;\n",
       "response_body_unexpected"},
      {"HEAD / HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n",
       "HEAD / [] complete -> 200 [Content-Length=3] complete;\n"},
      {kGet, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcjunk\r\n",
       "GET /a [Host=a.b] complete -> 200 [Content-Length=3] <abcjunk\r\n> complete;\n",
       "response_body_unexpected"},
      {"POST / HTTP/1.1\r\nHost: a\r\n\r\nlogin=foo\r\n", kOk,
       "POST / [Host=a] <login=foo\r\n> complete -> 200 [Content-Length=3] <abc> complete;\n",
       "request_body_unexpected"},
      {kGet, "garbage, not a response",
       "GET /a [Host=a.b] complete ->  [] <garbage, not a response> complete;\n"},
  };
  for (const Reading& reading : readings) check(reading);
}

TEST(HttpParser, GivesUpOnRequestsWhoseBodyHasNoEnd) {
  for (const std::string_view field :
       {"Content-Length: x", "Content-Length: 99999999999999999999", "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked\r\n\r\nzz"}) {
    Connection c;
    const std::string text = "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(field) + "\r\n\r\nabc";
    EXPECT_EQ(c.to_server(text), ParseStatus::kMalformed) << field;
    EXPECT_EQ(c.tx(0).progress[0], kRequestComplete) << field;
    EXPECT_EQ(c.tx(0).progress[1], kResponseComplete) << field;
    EXPECT_FALSE(c.events(0).empty()) << field;
    EXPECT_EQ(c.to_client(kOk), ParseStatus::kMalformed) << field;
  }
}

TEST(HttpParser, MatchesPipelinedResponses) {
  Connection c;
  (void)c.to_server("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  (void)c.to_client(std::string(kOk) + "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(c.described(),
            "GET /1 [Host=a] complete -> 200 [Content-Length=3] <abc> complete;\n"
            "GET /2 [Host=a] complete -> 404 [Content-Length=0] complete;\n");
}

TEST(HttpParser, ContinueIsNotTheAnswer) {
  Connection c;
  (void)c.to_server("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
  (void)c.to_client("HTTP/1.1 100 Continue\r\nX: y\r\n\r\n");
  EXPECT_LT(c.tx(0).progress[1], kResponseComplete);
  (void)c.to_server("abc");
  (void)c.to_client("HTTP/1.1 100 Continue\r\n\r\n");
  (void)c.to_client(kOk);
  EXPECT_EQ(c.described(),
            "POST / [Host=a|Content-Length=3] <abc> complete -> 200 [Content-Length=3] <abc> "
            "complete;\n");
  EXPECT_EQ(c.events(0), "100_continue_already_seen");
}

TEST(HttpParser, AResponseWithoutRequestHasATransaction) {
  Connection c;
  (void)c.to_client(kOk);
  EXPECT_EQ(
      c.described(),
      " /libhtp::request_uri_not_seen [] complete -> 200 [Content-Length=3] <abc> complete;\n");
  EXPECT_EQ(c.events(0), "unable_to_match_response_to_request");
}

TEST(HttpParser, Http09) {
  Connection bare;
  (void)bare.to_server("GET /x\r\n");
  (void)bare.to_client("HTTP/1.1 200 OK\r\n");
  (void)bare.to_server("more\r\n");
  EXPECT_EQ(bare.described(), "GET /x [] complete ->  [] <HTTP/1.1 200 OK\r\n> body;\n");
  EXPECT_EQ(bare.events(0), "");

  Connection lacking;
  (void)lacking.to_server("GET /x\r\nHost: a\r\n\r\n");
  EXPECT_EQ(lacking.described(), "GET /x [Host=a] complete ->  [] started;\n");
  EXPECT_EQ(lacking.events(0), "request_line_missing_protocol");
}

// kDone lets rules on the raw stream look now.
TEST(HttpParser, LongBodiesLetStreamRulesLookWithEachPiece) {
  constexpr std::size_t kPiece = 10;
  struct Row {
    const char* name;
    std::uint32_t limit, minimal_inspect_size, inspect_window;
    std::size_t first, last;  ///< pieces that do, of 20
  };
  const Row rows[] = {
      {"from what rules want to three times that", 0, 25, 5, 2, 7},
      {"the window counts where it is more", 0, 25, 40, 2, 12},
      {"past the limit it stays as it was", 50, 25, 5, 2, 19},
      {"a limit too small for rules", 20, 25, 5, 20, 0},
      {"a limit past three times", 100, 25, 5, 2, 7},
  };
  for (const Row& row : rows) {
    HttpOptions options;
    options.response_body = {.limit = row.limit,
                             .minimal_inspect_size = row.minimal_inspect_size,
                             .inspect_window = row.inspect_window};
    Connection c(options);
    (void)c.to_server(kGet);
    (void)c.to_client("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (std::size_t i = 0; i < 20; ++i) {
      const bool looks = c.to_client(std::string(kPiece, 'x')) == ParseStatus::kDone;
      EXPECT_EQ(looks, i >= row.first && i <= row.last) << row.name << ", piece " << i;
    }
  }
}

TEST(HttpParser, HandsTunnelsOn) {
  Connection connect;
  (void)connect.to_server("CONNECT a.b:443 HTTP/1.1\r\nHost: a.b\r\n\r\n");
  (void)connect.to_client("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_TRUE(connect.parser().wishes.detect_again);

  Connection refused;
  (void)refused.to_server("CONNECT a.b:443 HTTP/1.1\r\nHost: a.b\r\n\r\n");
  (void)refused.to_client("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
  (void)refused.to_server(kGet);
  EXPECT_FALSE(refused.parser().wishes.detect_again);
  EXPECT_EQ(refused.count(), 2u);

  Connection upgrade;
  (void)upgrade.to_server("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n");
  (void)upgrade.to_client("HTTP/1.1 101 S\r\nUpgrade: WebSocket\r\n\r\n");
  EXPECT_EQ(upgrade.parser().wishes.change_to, AppProto::kWebsocket);
}

TEST(HttpParser, ATunnelNeedsNoHost) {
  const std::pair<const char*, const char*> rows[] = {
      {"HTTP/1.1 200 OK\r\n\r\n", ""},
      {"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "missing_host_header"},
  };
  for (const auto& [answer, events] : rows) {
    Connection c;
    (void)c.to_server("CONNECT a.b:443 HTTP/1.1\r\n\r\n");
    EXPECT_EQ(c.events(0), "");
    (void)c.to_client(answer);
    EXPECT_EQ(c.events(0), events) << answer;
  }
}

TEST(HttpParser, WhatFollowsAnUpgradeInTheSameBytesIsNotTheBody) {
  for (const char* protocol : {"h2c", "websocket"}) {
    Connection c;
    (void)c.to_server("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n");
    (void)c.to_client("HTTP/1.1 101 S\r\nUpgrade: " + std::string(protocol) + "\r\n\r\nframe\n");
    EXPECT_EQ(c.parser().wishes.unconsumed, 6u) << protocol;
    EXPECT_EQ(c.events(0).find("response_body_unexpected"), std::string::npos);
    EXPECT_EQ(c.tx(0).response.message_bytes, 0u);
  }
}

TEST(HttpParser, TheLastChunkEndsTheBody) {
  Connection c;
  (void)c.to_server(kGet);
  (void)c.to_client("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  EXPECT_FALSE(c.tx(0).response.body_complete);
  (void)c.to_client("0\n");
  EXPECT_TRUE(c.tx(0).response.body_complete);
}

TEST(HttpParser, ZeroBytesInTheNameOfTheCodingDoNotHideIt) {
  const std::string zipped =
      std::string(as_text(hex("1f8b0800000000000003 4b4c4a0600 c2412435 03000000")));
  for (const char* name : {"Content-Encoding", "Content\0-encoding", "Content-Encodin\0X"}) {
    const std::string_view whole(name, name[7] == '\0' ? 17 : name[15] == '\0' ? 17 : 16);
    Connection c;
    (void)c.to_server(kGet);
    (void)c.to_client("HTTP/1.1 200 OK\r\nContent-Length: 23\r\n" + std::string(whole) +
                      ": gzip\r\n\r\n" + zipped);
    const bool decoded = c.described().find("<abc>") != std::string::npos;
    EXPECT_EQ(decoded, whole.back() != 'X') << c.described();
  }
}

TEST(HttpParser, BodiesSurviveGaps) {
  Connection c;
  (void)c.to_server(kGet);
  (void)c.to_client("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_NE(c.gap(Direction::kToClient, 4), ParseStatus::kMalformed);
  (void)c.to_client("xyz");
  EXPECT_EQ(c.described(),
            "GET /a [Host=a.b] complete -> 200 [Content-Length=10] <abcxyz> complete;\n");
  EXPECT_TRUE(c.tx(0).response.body_has_gap);
}

TEST(HttpParser, FindsTheNextMessageAfterAGap) {
  Connection c;
  (void)c.to_server(kGet);
  (void)c.to_client("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nabc");
  (void)c.gap(Direction::kToClient, 400);
  (void)c.to_client("rest of some chunk");
  (void)c.to_server(kGet);
  (void)c.to_client(kOk);
  ASSERT_EQ(c.count(), 2u);
  EXPECT_EQ(c.tx(1).status, 200);
  EXPECT_EQ(c.events(0), "invalid_gap");
}

TEST(HttpParser, AnySplitGivesTheSame) {
  const std::string to_server =
      "GET /1 HTTP/1.1\r\nHost: a\r\nFoo: x\r\n  y\r\n\r\n"
      "POST /2 HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n3;e\r\nabc\r\n0\r\nT: v\r\n\r\n"
      "POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  const std::string to_client =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\r\nContent-Length: "
      "3\r\n\r\nabc"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n4\r\ndefg\r\n0\r\nT: "
      "v\r\n\r\n"
      "HTTP/1.1 404 No\r\n\r\nuntil the end";
  Connection whole;
  (void)whole.to_server(to_server);
  (void)whole.to_client(to_client);
  whole.end();
  ASSERT_EQ(whole.count(), 3u);
  const std::string expected = whole.described();

  for_each_chop(as_bytes(to_server), [&](const std::vector<Bytes>& pieces) {
    Connection c;
    for (const Bytes piece : pieces) {
      if (!piece.empty()) (void)c.to_server(as_text(piece));
    }
    (void)c.to_client(to_client);
    c.end();
    ASSERT_EQ(c.described(), expected) << pieces.front().size();
  });
  for_each_chop(as_bytes(to_client), [&](const std::vector<Bytes>& pieces) {
    Connection c;
    (void)c.to_server(to_server);
    for (const Bytes piece : pieces) {
      if (!piece.empty()) (void)c.to_client(as_text(piece));
    }
    c.end();
    ASSERT_EQ(c.described(), expected) << pieces.front().size();
    ASSERT_EQ(c.events(0), whole.events(0)) << pieces.front().size();
  });
}

TEST(HttpParser, TakesOnlySoManyInterimResponses) {
  Connection c;
  (void)c.to_server("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  for (int i = 0; i < 1000; ++i) (void)c.to_client("HTTP/1.1 100 Continue\r\nX: y\r\n\r\n");
  // Each of the rest answers a request that was not seen.
  EXPECT_EQ(c.tx(0).progress[1], kResponseComplete);
  EXPECT_EQ(c.tx(0).interim_responses, 64);
  EXPECT_LT(c.tx(0).arena.used_bytes(), 8192u);
}

TEST(HttpParser, WhatTheWireDecidesIsCapped) {
  const std::string line(20'000, 'u');
  const std::string field(70'000, 'y');
  std::string many;
  for (int i = 0; i < 1100; ++i) many += "X" + std::to_string(i) + ": y\r\n";
  const struct {
    std::string text;
    std::string_view event;
  } cases[] = {
      {"GET /" + line + " HTTP/1.1\r\n\r\n", "request_field_too_long"},
      {"GET /" + line, "request_field_too_long"},
      {"GET / HTTP/1.0\r\nX: " + field, "request_field_too_long"},
      {"GET / HTTP/1.0\r\nX: " + field + "\r\n\r\n", "request_field_too_long"},
      {"GET / HTTP/1.0\r\n" + many + "\r\n", "request_too_many_headers"},
  };
  for (const auto& [text, event] : cases) {
    Connection c;
    ParseStatus status = ParseStatus::kDone;
    for (std::size_t at = 0; at < text.size(); at += 1400) {
      status = c.to_server(std::string_view(text).substr(at, 1400));
    }
    EXPECT_EQ(status, ParseStatus::kMalformed) << text.substr(0, 30);
    EXPECT_NE(c.events(0).find(event), std::string::npos) << c.events(0);
  }
}

TEST(HttpParser, FieldsInPiecesAreUnderTheLimitOfWhatIsKept) {
  const std::string head = "GET / HTTP/1.0\r\nX: " + std::string(20'000, 'y') + "\r\n\r\n";
  for (const std::size_t piece : {head.size(), std::size_t{15'000}}) {
    Connection c;
    for (std::size_t at = 0; at < head.size(); at += piece) {
      (void)c.to_server(std::string_view(head).substr(at, piece));
    }
    const bool complains = c.events(0).find("request_field_too_long") != std::string::npos;
    EXPECT_EQ(complains, piece != head.size()) << piece;
  }
}

TEST(HttpParser, LiveTransactionsAreCapped) {
  HttpOptions options;
  options.max_tx = 10;
  Connection c(options);
  ParseStatus status = ParseStatus::kDone;
  for (int i = 0; i < 12; ++i) status = c.to_server(kGet);
  EXPECT_EQ(status, ParseStatus::kMalformed);
  EXPECT_EQ(c.count(), 10u);
  EXPECT_EQ(c.events(9), "too_many_warnings");
}

TEST(HttpParser, OneByteChunksTakeNoMemory) {
  HttpOptions options;
  options.response_body.limit = 1000;
  Connection c(options);
  (void)c.to_server(kGet);
  (void)c.to_client("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 100'000; ++i) ASSERT_NE(c.to_client("1\r\nx\r\n"), ParseStatus::kMalformed);
  const Message& response = c.tx(0).response;
  EXPECT_EQ(response.entity_bytes, 100'000u);
  EXPECT_EQ(response.body.bytes().size(), 1000u);
  EXPECT_TRUE(response.body_over_limit);
}

TEST(HttpParser, UnlimitedBodiesAreAWindow) {
  HttpOptions options;
  options.response_body = {.limit = 0, .minimal_inspect_size = 100, .inspect_window = 100};
  Connection c(options);
  (void)c.to_server(kGet);
  (void)c.to_client("HTTP/1.1 200 OK\r\n\r\n");
  const std::string piece(10'000, 'x');
  for (int i = 0; i < 1000; ++i) {
    (void)c.to_client(piece);
    const BodyWindow& body = c.tx(0).response.body;
    EXPECT_EQ(body.end(), 10'000u * (static_cast<unsigned>(i) + 1));
    EXPECT_LT(body.bytes().size(), 300'000u);
    body.note_seen(body.end());
  }
}

TEST(HttpParser, AnEndedConnectionNeedsNoParser) {
  Connection c;
  (void)c.to_server(kGet);
  (void)c.to_client(kOk);
  c.end();
  EXPECT_FALSE(c.parser().is_idle()) << "has a transaction";
  c.parser().free_transaction(c.parser().transactions()[0]);
  EXPECT_TRUE(c.parser().is_idle());
}

TEST(HttpParser, AParserToldOfTheServersEndWaitsForNoResponse) {
  Connection c;
  c.parser().finish(Direction::kToClient);
  (void)c.to_server(kGet);
  EXPECT_EQ(c.tx(0).progress[index_of(Direction::kToClient)], kResponseComplete);
}

TEST(HttpParser, IsReusedForAnotherFlow) {
  Connection c;
  (void)c.to_server(kGet);
  (void)c.to_client(kOk);
  EXPECT_FALSE(c.parser().is_idle());
  c.parser().free_transaction(c.parser().transactions()[0]);
  EXPECT_TRUE(c.parser().is_idle());
  EXPECT_TRUE(c.parser().recycle());
  (void)c.to_server("GET /other HTTP/1.1\r\nHost: o\r\n\r\n");
  EXPECT_EQ(c.described(), "GET /other [Host=o] complete ->  [] started;\n");
  EXPECT_EQ(c.tx(0).id, 0u);
}

}  // namespace
}  // namespace culvert::http1
