#include "protocols/pop3/pop3_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/talk_testing.h"
#include "event/json_writer.h"
#include "protocols/pop3/pop3_protocol.h"
#include "testing/chop.h"

namespace culvert::pop3 {
namespace {

struct Talk : ParserTalk<kPop3Protocol, Pop3Parser, Pop3Transaction> {
  /// "USER bob>OK header[data,]|" for each transaction; "!event" where there is one.
  std::string described() const {
    std::string out;
    for (const Transaction* base : parser.transactions()) {
      const auto& tx = static_cast<const Pop3Transaction&>(*base);
      out += std::string(tx.command);
      for (const auto argument : tx.arguments) out += " " + std::string(argument);
      if (tx.has_response)
        out += std::string(tx.success ? ">OK " : ">ERR ") + std::string(tx.header);
      for (const auto line : tx.data) out += "[" + std::string(line) + "]";
      for (std::size_t i = 0; i < std::size(kEventNames); ++i) {
        if (tx.events.has(static_cast<std::uint8_t>(i))) out += "!" + std::string(kEventNames[i]);
      }
      out += "|";
    }
    return out;
  }
};

TEST(Pop3Parser, MatchesResponsesWithCommands) {
  const struct {
    const char* name;
    const char* lines;
    const char* expected;
  } cases[] = {
      {"session", "c USER bob\ns +OK\nc LIST\ns +OK 1 message\ns 1 120\ns .\n",
       "USER bob>OK |LIST>OK 1 message[1 120]|"},
      {"refused", "c LIST\ns -ERR no\nc LIST 1\ns +OK 1 120\n", "LIST>ERR no|LIST 1>OK 1 120|"},
      {"message", "c RETR 1\ns +OK 3 octets\ns Subject: x\ns \ns ..a\ns .\nc QUIT\ns +OK bye\n",
       "RETR 1>OK 3 octets|QUIT>OK bye|"},
      {"pipelined", "c STAT\nc NOOP\ns +OK 0 0\ns +OK\n", "STAT>OK 0 0|NOOP>OK |"},
      {"SASL", "c AUTH PLAIN\ns + \nc AGEAYg==\ns +OK in\n", "AUTH PLAIN>OK |<SASL DATA>>OK in|"},
      {"unknown", "c FOO bar\ns -ERR what\n", "FOO bar>ERR what!unknown_command|"},
      {"arguments", "c STAT 1\n", "STAT 1!incorrect_argument_count|"},
      {"nonsense from the server", "c NOOP\ns junk\n", "NOOP|"},
  };
  for (const auto& c : cases) {
    Talk talk;
    talk.run(std::string("s +OK ready\n") + c.lines);
    EXPECT_EQ(talk.described(), ">OK ready|" + std::string(c.expected)) << c.name;
  }
}

TEST(Pop3Parser, StlsChangesTheProtocol) {
  Talk talk;
  talk.run("s +OK ready\nc STLS\ns +OK go\n");
  EXPECT_EQ(talk.parser.wishes.change_to, AppProto::kTls);
}

TEST(Pop3Parser, AnySplitGivesTheSame) {
  const std::string server = "+OK ready\r\n+OK\r\nTOP\r\n.\r\n+OK\r\n1 a\r\n.\r\n-ERR\r\n";
  for_each_chop(as_bytes(server), [&](const auto& pieces) {
    Talk talk;
    for (std::size_t i = 0; i < 1; ++i) talk.run("c CAPA\nc UIDL\nc NOOP\n");
    for (const Bytes piece : pieces) talk.say(Direction::kToClient, piece);
    // Nobody greeted: the first response goes to the first command.
    EXPECT_EQ(talk.parser.transactions().size(), 3u);
  });
}

TEST(Pop3Parser, IsBounded) {
  Talk talk;
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += "c NOOP\n";
  EXPECT_EQ(talk.run(lines), ParseStatus::kMalformed);
  EXPECT_EQ(talk.parser.transactions().size(), 256u);
  Talk longer;
  longer.run("s +OK\nc USER " + std::string(9000, 'x') + "\ns +OK " + std::string(9000, 'y') +
             "\n");
  EXPECT_NE(longer.described().find("!request_too_long!response_too_long"), std::string::npos);
  const AppInput input{
      .flow = longer.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}};
  EXPECT_EQ(longer.parser.gap(input, 1), ParseStatus::kMalformed);
}

TEST(Pop3Eve, WritesRequestAndResponse) {
  Talk talk;
  talk.run("s +OK ready\nc CAPA\ns +OK list\ns TOP\ns .\n");
  JsonWriter json;
  json.begin_object();
  write_metadata(talk.flow, *talk.parser.transactions()[1], json);
  json.end_object();
  EXPECT_EQ(json.text(),
            "{\"pop3\":{\"request\":{\"command\":\"CAPA\",\"args\":[]},\"response\":{\"success\":"
            "true,\"status\":\"OK\",\"header\":\"list\",\"data\":[\"TOP\"]}}}");
}

}  // namespace
}  // namespace culvert::pop3
