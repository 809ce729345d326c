#include "protocols/rfb/rfb_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "event/json_writer.h"
#include "protocols/rfb/rfb_keywords.h"
#include "protocols/rfb/rfb_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/hex.h"

namespace culvert::rfb {
namespace {

using Turns = std::vector<std::pair<char, std::vector<std::byte>>>;  // '>' client, '<' server

std::vector<std::byte> version(std::string_view minor) {
  return text_bytes("RFB 003." + std::string(minor) + "\n");
}
const auto kScreen = hex("0010 0020 20 18 00 01 00ff 00ff 00ff 10 08 00 000000 00000004 6e616d65");

struct Talk {
  /// Each turn in pieces of so many bytes.
  explicit Talk(const Turns& turns, std::size_t piece_size = 1000) {
    for (const auto& [who, bytes] : turns) {
      for (Bytes rest = bytes; !rest.empty();) {
        const Bytes piece = rest.first(std::min(piece_size, rest.size()));
        rest = rest.subspan(piece.size());
        (void)parser.feed({.flow = flow,
                           .direction = who == '>' ? Direction::kToServer : Direction::kToClient,
                           .bytes = piece,
                           .time = {}});
      }
    }
  }
  RfbTransaction& tx() { return static_cast<RfbTransaction&>(*parser.transactions().at(0)); }
  std::string json() {
    JsonWriter writer;
    writer.begin_object();
    kRfbProtocol.write_alert_metadata(flow, tx(), writer);
    writer.end_object();
    return std::string(writer.text());
  }
  Flow flow;
  RfbParser parser;
};

Turns whole_handshake() {
  return {{'<', version("008")},
          {'>', version("008")},
          {'<', hex("02 01 02")},
          {'>', hex("02")},
          {'<', std::vector<std::byte>(16, std::byte{0x63})},
          {'>', std::vector<std::byte>(16, std::byte{0x72})},
          {'<', hex("00000000")},
          {'>', hex("01")},
          {'<', kScreen}};
}

TEST(RfbParser, ReadsTheHandshakeHoweverItIsCut) {
  const std::string whole = Talk(whole_handshake()).json();
  EXPECT_EQ(whole,
            R"({"rfb":{"server_protocol_version":{"major":"003","minor":"008"},)"
            R"("client_protocol_version":{"major":"003","minor":"008"},"authentication":)"
            R"({"security_type":2,"vnc":{"challenge":"63636363636363636363636363636363",)"
            R"("response":"72727272727272727272727272727272"},"security_result":"OK"},)"
            R"("screen_shared":true,"framebuffer":{"width":16,"height":32,"name":"name",)"
            R"("pixel_format":{"bits_per_pixel":32,"depth":24,"big_endian":false,)"
            R"("true_color":true,"red_max":255,"green_max":255,"blue_max":255,"red_shift":16,)"
            R"("green_shift":8,"blue_shift":0}}}})");
  for (std::size_t size = 1; size < 30; ++size) {
    EXPECT_EQ(Talk(whole_handshake(), size).json(), whole) << size;
  }
}

TEST(RfbParser, RaisesEvents) {
  const struct {
    const char* name;
    Turns turns;
    Event event;
  } cases[] = {
      {"a type of Apple's",
       {{'<', version("889")}, {'>', version("008")}, {'<', hex("01 1e")}, {'>', hex("1e")}},
       Event::kUnimplementedSecurityType},
      {"result 2",
       {{'<', version("008")},
        {'>', version("008")},
        {'<', hex("01 01")},
        {'>', hex("01")},
        {'<', hex("00000002")}},
       Event::kUnknownSecurityResult},
      {"no version", {{'<', text_bytes("RFB x03.008\n")}}, Event::kMalformedMessage},
      {"the server goes on before the client",
       {{'<', version("008")}, {'<', version("008")}},
       Event::kConfusedState},
      {"a name of 4 GB",
       {{'<', version("003")},
        {'>', version("003")},
        {'<', hex("00000001")},
        {'>', hex("01")},
        {'<', concat({Bytes(kScreen).first(20), hex("ffffffff 61")})}},
       Event::kTooLongString},
  };
  for (const auto& c : cases) {
    Talk talk(c.turns);
    EXPECT_TRUE(talk.tx().events.has(static_cast<std::uint8_t>(c.event))) << c.name;
  }
}

TEST(RfbParser, KeepsTheReasonOfAFailure) {
  Talk talk({{'<', version("008")}, {'>', version("008")}, {'<', hex("00 00000002 6e6f")}});
  EXPECT_EQ(talk.tx().failure_reason, "no");
  EXPECT_EQ(talk.tx().progress[0], 0u);
  talk.parser.finish(Direction::kToServer);
  EXPECT_EQ(talk.tx().progress[0], TwoStates::kComplete);
}

TEST(RfbParser, GapsEndTheHandshake) {
  Talk talk({{'<', version("008")}});
  EXPECT_EQ(
      talk.parser.gap(
          {.flow = talk.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}}, 12),
      ParseStatus::kMalformed);
  EXPECT_EQ(talk.tx().progress[0], TwoStates::kComplete);
}

TEST(RfbKeywords, SeeTypeResultAndName) {
  Talk talk(whole_handshake());
  const auto ask = [&](std::string_view name, std::string_view argument) {
    return ask_keyword(kRfbKeywords, name, argument, talk.tx());
  };
  EXPECT_EQ(ask("rfb.sectype", ">1"), "yes");
  EXPECT_EQ(ask("rfb.secresult", "ok"), "yes");
  EXPECT_EQ(ask("rfb.secresult", "!fail"), "yes");
  EXPECT_EQ(ask("rfb.secresult", "toomany"), "refused");
  EXPECT_EQ(read_buffer(kRfbBuffers, "rfb.name", talk.flow, talk.tx()), "[name]");
}

}  // namespace
}  // namespace culvert::rfb
