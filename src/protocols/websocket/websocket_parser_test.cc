#include "protocols/websocket/websocket_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/frame.h"
#include "event/json_writer.h"
#include "protocols/websocket/websocket_protocol.h"
#include "testing/chop.h"

namespace culvert::websocket {
namespace {

/// Masked with 01 02 03 04.
std::string frame(unsigned first, const std::string& payload) {
  std::string out{static_cast<char>(first), static_cast<char>(0x80 | payload.size())};
  if (payload.size() > 125) {
    out[1] = static_cast<char>(0x80 | 126);
    out += {static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size() & 255)};
  }
  out += "\1\2\3\4";
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out.push_back(static_cast<char>(payload[i] ^ static_cast<char>(1 + i % 4)));
  }
  return out;
}

struct Talk {
  explicit Talk(WebsocketOptions o = {}) : options(o) {}
  ParseStatus say(Bytes bytes) {
    return parser.feed(
        {.flow = flow, .direction = Direction::kToServer, .bytes = bytes, .time = {}});
  }
  /// "81:hello|": flags and opcode, payload, "!event" for each frame.
  std::string described() const {
    std::string out;
    for (const Transaction* base : parser.transactions()) {
      const auto& tx = static_cast<const WebsocketTransaction&>(*base);
      constexpr char kHex[] = "0123456789abcdef";
      out += {kHex[tx.flags >> 4], kHex[tx.opcode], ':'};
      out += as_text(Bytes(tx.payload));
      for (std::size_t i = 0; i < std::size(kEventNames); ++i) {
        if (tx.events.has(static_cast<std::uint8_t>(i))) out += "!" + std::string(kEventNames[i]);
      }
      out += "|";
    }
    return out;
  }
  WebsocketOptions options;
  Flow flow;
  WebsocketParser parser{options};
};

// "hello hello hello", deflated raw with a sync flush whose tail is left out (RFC 7692 7.2.1).
const std::string kDeflated("\xca\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x00\x00", 11);

TEST(WebsocketParser, AnySplitGivesTheSame) {
  const std::pair<std::string, const char*> cases[] = {
      {frame(0x81, "hello") + frame(0x89, ""), "81:hello|89:|"},
      {frame(0x01, "hel") + frame(0x89, "p") + frame(0x00, "lo") + frame(0x80, " end"),
       "01:hel|89:p|00:lo|80:hello end|"},
      {frame(0x80, "orphan"), "80:orphan|"},
      {frame(0xc1, kDeflated), "c1:hello hello hello|"},
      {std::string("\x82\x03"
                   "abc",
                   5),
       "82:abc|"},
  };
  for (const auto& [stream, expected] : cases) {
    for_each_chop(as_bytes(stream), [&, want = std::string(expected)](const auto& pieces) {
      Talk talk;
      for (const Bytes piece : pieces) talk.say(piece);
      EXPECT_EQ(talk.described(), want);
    });
  }
}

TEST(WebsocketParser, PayloadsAreBounded) {
  Talk talk({.max_payload_bytes = 8});
  talk.say(as_bytes(frame(0x82, std::string(300, 'x')) + frame(0x81, "ok")));
  EXPECT_EQ(talk.described(), "82:xxxxxxxx!skip_end_of_payload|81:ok|");
  Talk parts({.max_payload_bytes = 8});
  parts.say(as_bytes(frame(0x01, "12345") + frame(0x80, "67890")));
  EXPECT_EQ(parts.described(), "01:12345|80:12345678!reassembly_limit_reached|");
  Talk bomb({.max_payload_bytes = 12});
  bomb.say(as_bytes(frame(0xc1, kDeflated)));
  EXPECT_EQ(bomb.described(), "c1:hello hello !reassembly_limit_reached|");
  Talk many;
  std::string pings;
  for (int i = 0; i < 2000; ++i) pings += frame(0x89, "");
  EXPECT_EQ(many.say(as_bytes(pings)), ParseStatus::kMalformed);
}

TEST(WebsocketParser, FramesOfAnyLengthEndBehindTheirBegin) {
  Talk talk;
  FrameList frames;
  const std::string header = "\x82\x7f" + std::string(8, '\xff');
  EXPECT_EQ(talk.parser.feed({.flow = talk.flow,
                              .direction = Direction::kToServer,
                              .bytes = as_bytes(header),
                              .time = {},
                              .frames = &frames}),
            ParseStatus::kNeedMore);
  ASSERT_EQ(frames.frames().size(), 3u);
  for (const Frame& each : frames.frames()) EXPECT_GE(each.end(), header.size()) << each.id;
}

TEST(WebsocketParser, GapWithinAPayload) {
  Talk talk;
  talk.say(as_bytes(frame(0x81, "hello").substr(0, 8)));
  const AppInput input{
      .flow = talk.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}};
  EXPECT_EQ(talk.parser.gap(input, 3), ParseStatus::kDone);
  EXPECT_EQ(talk.described(), "81:he!skip_end_of_payload|");
  EXPECT_EQ(talk.parser.gap(input, 1), ParseStatus::kMalformed);
}

TEST(WebsocketEve, WritesFrames) {
  Talk talk;
  talk.say(as_bytes(frame(0x81, "x") + frame(0x83, "y")));
  std::string records;
  for (const Transaction* tx : talk.parser.transactions()) {
    JsonWriter json;
    json.begin_object();
    write_metadata(talk.flow, *tx, json);
    json.end_object();
    records += json.text();
  }
  EXPECT_EQ(records,
            "{\"websocket\":{\"fin\":true,\"mask\":16909060,\"opcode\":\"text\"}}"
            "{\"websocket\":{\"fin\":true,\"mask\":16909060,\"opcode\":\"unknown-3\"}}");
}

}  // namespace
}  // namespace culvert::websocket
