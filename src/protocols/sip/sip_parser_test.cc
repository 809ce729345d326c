#include "protocols/sip/sip_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/talk_testing.h"
#include "protocols/sip/sip_eve.h"
#include "protocols/sip/sip_protocol.h"
#include "testing/chop.h"

namespace culvert::sip {
namespace {

const std::string kSdp =
    "v=0\r\no=a 1 1 IN IP4 h\r\ns=a name\r\ne=e@x\r\nc=IN IP4 1.2.3.4\r\nt=0 0\r\nr=7d\r\na=x\r\n"
    "m=audio 1 RTP/AVP 0\r\na=y\r\nb=AS:64\r\n";
std::string invite(const std::string& headers, const std::string& body) {
  return "INVITE sip:b@b SIP/2.0\r\nTo: one\r\nt: two\r\nFrom: a\r\n folded\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
const std::string kOk = "SIP/2.0 200 OK\r\nTo: x\r\nl: 0\r\n\r\n";

struct Talk : ParserTalk<kSipProtocol, SipParser, SipTransaction> {
  explicit Talk(bool is_stream) : ParserTalk(NoOptions{}, is_stream) {}
  ParseStatus say(Bytes bytes, Direction direction = Direction::kToServer) {
    return ParserTalk::say(direction, bytes);
  }
  const Message& message(std::size_t i) const { return tx(i).message; }
};

TEST(SipParser, ReadsRequestsAndResponses) {
  Talk talk(false);
  talk.say(as_bytes(invite("c: application/sdp\r\n", kSdp)));
  talk.say(as_bytes(kOk), Direction::kToClient);
  EXPECT_EQ(talk.json(0),
            "{\"sip\":{\"method\":\"INVITE\",\"uri\":\"sip:b@b\",\"version\":\"SIP/2.0\","
            "\"sdp\":{\"origin\":\"a 1 1 IN IP4 h\",\"session_name\":\"a name\",\"email\":\"e@x\","
            "\"connection_data\":\"IN IP4 1.2.3.4\","
            "\"time_descriptions\":[{\"time\":\"0 0\",\"repeat_time\":\"7d\"}],"
            "\"attributes\":[\"x\"],\"media_descriptions\":[{\"media\":\"audio 1 RTP/AVP 0\","
            "\"bandwidths\":[\"AS:64\"],\"attributes\":[\"y\"]}]},"
            "\"request_line\":\"INVITE sip:b@b SIP/2.0\"}}");
  EXPECT_EQ(talk.json(1),
            "{\"sip\":{\"version\":\"SIP/2.0\",\"code\":\"200\",\"reason\":\"OK\","
            "\"response_line\":\"SIP/2.0 200 OK\"}}");
  EXPECT_EQ(talk.message(0).find("to", 1)->value, "two");
  EXPECT_EQ(talk.message(0).find("TO", 2), nullptr);
  EXPECT_EQ(talk.message(0).find("from")->value, "a folded");
}

TEST(SipParser, WhatIsNoSipMakesNoTransaction) {
  const std::pair<const char*, const char*> cases[] = {
      {"empty lines", "\r\n\r\n"},
      {"no version", "INVITE sip:x\r\n\r\n"},
      {"no end", "INVITE sip:x SIP/2.0\r\nTo: x"},
      {"no colon", "INVITE sip:x SIP/2.0\r\nTo\r\n\r\n"},
      {"long code", "SIP/2.0 2000 OK\r\n\r\n"},
      {"LF alone", "INVITE sip:x SIP/2.0\nTo: x\n\n"},
  };
  for (const auto& [name, text] : cases) {
    Talk talk(false);
    EXPECT_EQ(talk.say(as_bytes(text)), ParseStatus::kMalformed) << name;
    EXPECT_TRUE(talk.parser.transactions().empty()) << name;
  }
  Talk stream(true);
  EXPECT_EQ(stream.say(as_bytes("junk of any kind\r\n\r\n")), ParseStatus::kMalformed);
  Talk huge(true);
  EXPECT_EQ(huge.say(as_bytes("INVITE sip:x SIP/2.0\r\nContent-Length: 99999999\r\n\r\n")),
            ParseStatus::kMalformed);
  Talk endless(true);
  const std::string headers = "INVITE sip:x SIP/2.0\r\nTo: " + std::string(70000, 'x');
  EXPECT_EQ(endless.say(as_bytes(headers)), ParseStatus::kMalformed);
  const AppInput input{
      .flow = endless.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}};
  EXPECT_EQ(endless.parser.gap(input, 1), ParseStatus::kMalformed);
}

TEST(SipParser, AnySplitGivesTheSame) {
  const std::string stream =
      invite("Content-Type: application/sdp\r\n", kSdp) + invite("", "") + invite("", "x");
  for_each_chop(as_bytes(stream), [&](const auto& pieces) {
    Talk talk(true);
    for (const Bytes piece : pieces) talk.say(piece);
    ASSERT_EQ(talk.parser.transactions().size(), 3u);
    EXPECT_TRUE(talk.message(0).has_sdp);
    EXPECT_FALSE(talk.message(1).has_sdp);
  });
}

TEST(SipParser, ASessionOfAnOddNameIsNone) {
  std::string odd = kSdp;
  odd.replace(odd.find("a name"), 6, "a-name");
  Talk talk(false);
  talk.say(as_bytes(invite("c: application/sdp\r\n", odd)));
  EXPECT_FALSE(talk.message(0).has_sdp);
}

TEST(SipParser, RequestsAreTheClientsAndResponsesTheServers) {
  const std::string request = invite("", "");
  for (const bool is_stream : {false, true}) {
    const auto status = [&](const std::string& text, Direction direction) {
      Talk talk(is_stream);
      const ParseStatus said = talk.say(as_bytes(text), direction);
      EXPECT_EQ(talk.parser.transactions().empty(), said == ParseStatus::kMalformed);
      return said;
    };
    EXPECT_EQ(status(request, Direction::kToServer), ParseStatus::kDone);
    EXPECT_EQ(status(kOk, Direction::kToClient), ParseStatus::kDone);
    EXPECT_EQ(status(request, Direction::kToClient), ParseStatus::kMalformed);
    EXPECT_EQ(status(kOk, Direction::kToServer), ParseStatus::kMalformed);
  }
}

}  // namespace
}  // namespace culvert::sip
