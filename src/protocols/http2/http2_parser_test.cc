#include "protocols/http2/http2_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "protocols/http2/http2_testing.h"
#include "protocols/http2/http2_upgrade.h"
#include "testing/hex.h"

namespace culvert::http2 {
namespace {

using namespace std::string_literals;
using Packets = std::vector<std::byte>;

constexpr Direction kClient = Direction::kToServer, kServer = Direction::kToClient;

Packets join(std::initializer_list<Packets> list) {
  Packets out;
  for (const Packets& each : list) out.insert(out.end(), each.begin(), each.end());
  return out;
}
Packets preface() {
  const Bytes bytes = as_bytes(kPreface);
  return {bytes.begin(), bytes.end()};
}

/// What a client sends: settings, a GET, a POST in two frames with padding and a continuation.
Packets client_bytes() {
  Encoder encoder;
  const std::string get =
      encoder.block({{":method", "GET"}, {":path", "/a"}, {":authority", "H.x:1"}});
  const std::string post = encoder.block({{":method", "POST"}, {":path", "/b"}, {"host", "h"}});
  return join({preface(), frame(kSettings, 0, 0, "\0\1\0\0\x10\0\0\3\0\0\0\x64"s),
               frame(kSettings, kAck, 0, ""),
               frame(kHeaders, kEndStream | kEndHeaders | kHasPriority, 1, "\0\0\0\0\x0f"s + get),
               frame(kHeaders, kPadded, 3, "\2"s + post.substr(0, 3) + "\0\0"s),
               frame(kContinuation, kEndHeaders, 3, post.substr(3)), frame(kData, 0, 3, "hello "),
               frame(kData, kEndStream | kPadded, 3, "\3world\0\0\0"s)});
}
Packets server_bytes() {
  Encoder encoder;
  const std::string one = encoder.block({{":status", "200"}, {"server", "s"}});
  const std::string two = encoder.block({{":status", "404"}});
  return join({frame(kSettings, 0, 0, ""), frame(kHeaders, kEndHeaders, 1, one),
               frame(kHeaders, kEndHeaders | kEndStream, 3, two),
               frame(kData, kEndStream, 1, "body"), frame(kWindowUpdate, 0, 0, "\0\0\1\0"s),
               frame(kGoaway, 0, 0, "\0\0\0\3\0\0\0\0"s)});
}

const char* const kExpected =
    "#0 [1=4096;3=100; ] [ ]33\n"
    "#1 [:method=GET;:path=/a;:authority=H.x:1; ] [:status=200;server=s; body]33\n"
    "#3 [:method=POST;:path=/b;host=h; hello world] [:status=404; ]33\n"
    "#0 [ ] [ ]33\n#0 [ ] [ ]33\n";

TEST(Http2Parser, StreamsAreTransactions) {
  Connection connection;
  EXPECT_EQ(connection.feed(kClient, client_bytes()), ParseStatus::kDone);
  EXPECT_EQ(connection.feed(kServer, server_bytes()), ParseStatus::kDone);
  EXPECT_EQ(connection.describe(), kExpected);
  EXPECT_EQ(connection.tx(1).host, "h.x");
  EXPECT_EQ(connection.tx(1).authority, "H.x:1");
  EXPECT_EQ(connection.tx(1).request().priority, 15);
  EXPECT_EQ(connection.tx(3).response().windows, std::vector<std::uint32_t>{256});
  EXPECT_EQ(connection.tx(4).response().error, 0u);
}

TEST(Http2Parser, AnySplitGivesTheSame) {
  const Packets client = client_bytes(), server = server_bytes();
  for (std::size_t cut = 0; cut <= client.size(); ++cut) {
    Connection connection;
    static_cast<void>(connection.feed(kClient, Bytes(client).first(cut)));
    static_cast<void>(connection.feed(kClient, Bytes(client).subspan(cut)));
    static_cast<void>(connection.feed(kServer, server));
    ASSERT_EQ(connection.describe(), kExpected) << cut;
  }
  for (std::size_t cut = 0; cut <= server.size(); ++cut) {
    Connection connection;
    static_cast<void>(connection.feed(kClient, client));
    static_cast<void>(connection.feed(kServer, Bytes(server).first(cut)));
    static_cast<void>(connection.feed(kServer, Bytes(server).subspan(cut)));
    ASSERT_EQ(connection.describe(), kExpected) << cut;
  }
}

TEST(Http2Parser, ComplainsOfWhatIsWrong) {
  Encoder encoder;
  const std::string twice = encoder.block({{":authority", "a"}, {"host", "b"}});
  const std::string user = encoder.block({{":authority", "u:p@a"}});
  struct Row {
    Event event;
    Packets bytes;
  };
  const Row rows[] = {
      {Event::kInvalidFrameLength, frame(kSettings, 0, 0, "12345")},
      {Event::kInvalidFrameLength, frame(kRstStream, 0, 1, "1")},
      {Event::kDataStreamZero, frame(kData, 0, 0, "x")},
      {Event::kContinuationWithoutHeaders, frame(kContinuation, 0, 1, "x")},
      {Event::kInvalidFrameData, frame(kHeaders, kPadded | kEndHeaders, 1, "\xff")},
      {Event::kInvalidHeader, frame(kHeaders, kEndHeaders, 1, "\xbf\xff")},
      {Event::kHeaderTableOverflow, frame(kHeaders, kEndHeaders, 1, "\x3f\xe1\xff\x7f"s)},
      {Event::kHeaderIntegerOverflow,
       frame(kHeaders, kEndHeaders, 1, "\x3f\xff\xff\xff\xff\xff\xff\xff"s)},
      {Event::kAuthorityHostMismatch, frame(kHeaders, kEndHeaders, 1, twice)},
      {Event::kUserinfoInUri, frame(kHeaders, kEndHeaders, 1, user)},
      {Event::kLongFrameData, frame(kData, 0, 1, std::string(70000, 'x'))},
  };
  for (const Row& row : rows) {
    Connection connection;
    static_cast<void>(connection.feed(kClient, preface()));
    static_cast<void>(connection.feed(kClient, row.bytes));
    ASSERT_EQ(connection.parser.transactions().size(), 1u) << static_cast<int>(row.event);
    EXPECT_TRUE(connection.tx(0).events.has(static_cast<std::uint8_t>(row.event)))
        << kEventNames[static_cast<std::size_t>(row.event)];
  }
  Connection bad_magic;
  static_cast<void>(bad_magic.feed(kClient, as_bytes("PRI * HTTP/2.0\r\n\r\nSX\r\n\r\n")));
  EXPECT_TRUE(bad_magic.tx(0).events.has(static_cast<std::uint8_t>(Event::kInvalidClientMagic)));
}

TEST(Http2Parser, KeepsToItsLimits) {
  Connection connection;
  connection.context.options.max_streams = 3;
  static_cast<void>(connection.feed(kClient, preface()));
  for (std::uint32_t stream = 1; stream < 99; stream += 2) {
    static_cast<void>(connection.feed(kClient, frame(kPriority, 0, stream, "12345")));
  }
  EXPECT_EQ(connection.parser.transactions().size(), 3u);
  EXPECT_TRUE(connection.tx(2).events.has(static_cast<std::uint8_t>(Event::kTooManyStreams)));

  Connection endless;
  static_cast<void>(endless.feed(kClient, preface()));
  static_cast<void>(endless.feed(kClient, frame(kHeaders, 0, 1, "")));
  for (int i = 0; i < 20; ++i) {
    static_cast<void>(
        endless.feed(kClient, frame(kContinuation, 0, 1, std::string(16384, '\x82'))));
  }
  EXPECT_TRUE(endless.tx(0).events.has(static_cast<std::uint8_t>(Event::kReassemblyLimitReached)));
}

TEST(Http2Parser, GapsWithinBodiesAreBridged) {
  Encoder encoder;
  const std::string head = encoder.block({{":status", "200"}});
  Connection connection;
  const Packets data = frame(kData, kEndStream, 1, "0123456789");
  static_cast<void>(connection.feed(kServer, frame(kHeaders, kEndHeaders, 1, head)));
  static_cast<void>(connection.feed(kServer, Bytes(data).first(kFrameHeaderSize + 2)));
  const AppInput at{.flow = connection.flow, .direction = kServer, .bytes = {}, .time = {}};
  EXPECT_NE(connection.parser.gap(at, 5), ParseStatus::kMalformed);
  static_cast<void>(connection.feed(kServer, Bytes(data).subspan(kFrameHeaderSize + 7)));
  EXPECT_EQ(as_text(connection.tx(0).response().body.bytes()), "01789");
  EXPECT_EQ(connection.tx(0).progress[1], kComplete);
  EXPECT_EQ(connection.parser.gap(at, 1), ParseStatus::kMalformed);
}

TEST(Http2Parser, GoesOnFromHttp1) {
  Connection connection;
  Upgrade upgrade;
  upgrade.fields = {{":method", "GET"}, {":path", "/"}, {":authority", "h"}};
  upgrade.settings = "AAMAAABkAARAAAAAAAIAAAAA";
  connection.parser.take_over(upgrade);
  EXPECT_EQ(connection.describe(),
            "#1 [:method=GET;:path=/;:authority=h; ] [ ]30\n"
            "#0 [3=100;4=1073741824;2=0; ] [ ]33\n");
}

TEST(Http2Parser, AnswerToAnUpgradeShowsWithItsBody) {
  Connection connection;
  connection.parser.take_over(Upgrade{});
  Encoder encoder;
  const std::string fields = encoder.block({{":status", "200"}});
  static_cast<void>(connection.feed(kServer, frame(kHeaders, kEndHeaders, 1, fields)));
  EXPECT_EQ(connection.tx(0).progress[1], kHead);
  static_cast<void>(connection.feed(kServer, frame(kData, 0, 1, "b")));
  EXPECT_EQ(connection.tx(0).progress[1], kBody);
}

TEST(Http2Parser, StreamIsShownFrameByFrame) {
  const struct {
    const char* name;
    Packets bytes;
    bool shown;
  } cases[] = {
      {"a frame", frame(kWindowUpdate, 0, 0, "\0\0\1\0"s), true},
      {"an empty frame", frame(kSettings, kAck, 0, ""), false},
      {"part of a body", join({frame(kHeaders, 0, 1, ""), hex("000005 00 00 00000001 6161")}),
       false},
      {"a body", frame(kData, 0, 1, "a"), true},
      {"a frame and part of the next",
       join({frame(kWindowUpdate, 0, 0, "\0\0\1\0"s), hex("000005")}), true},
  };
  for (const auto& c : cases) {
    Connection connection;
    static_cast<void>(connection.feed(kServer, c.bytes));
    EXPECT_EQ(connection.parser.wishes.show_stream, c.shown) << c.name;
  }
}

TEST(Http2Parser, TransactionsAreUsedAgain) {
  Connection connection;
  static_cast<void>(connection.feed(kClient, client_bytes()));
  while (!connection.parser.transactions().empty()) {
    connection.parser.free_transaction(connection.parser.transactions().front());
  }
  // Late frames of streams that are over make no new ones.
  static_cast<void>(connection.feed(kClient, frame(kWindowUpdate, 0, 1, "\0\0\1\0"s)));
  EXPECT_TRUE(connection.parser.transactions().empty());
  static_cast<void>(connection.feed(kClient, frame(kPriority, 0, 7, "\0\0\0\0\1"s)));
  EXPECT_EQ(connection.describe(), "#7 [ ] [ ]00\n");
}

}  // namespace
}  // namespace culvert::http2
