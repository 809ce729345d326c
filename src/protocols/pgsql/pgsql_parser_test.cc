#include "protocols/pgsql/pgsql_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/talk_testing.h"
#include "protocols/pgsql/pgsql_buffers.h"
#include "protocols/pgsql/pgsql_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::pgsql {
namespace {

using namespace std::string_literals;
using Stream = std::vector<std::byte>;

Stream number(std::size_t value) {
  Stream out;
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(std::byte(value >> shift & 0xff));
  return out;
}
/// Type 0: it has none.
Stream message(char type, const std::string& body) {
  Stream head;
  if (type != 0) head.push_back(static_cast<std::byte>(type));
  return concat({head, number(body.size() + 4), text_bytes(body)});
}
const std::string kRow = "\0\1\0\0\0\3abc"s;
const std::string kNullRow = "\0\1\xff\xff\xff\xff"s;
const std::string kColumn = "\0\1name\0"s + std::string(18, '\0');
Stream ready() { return message('Z', "I"); }
Stream startup() { return message(0, "\0\3\0\0user\0me\0database\0db\0\0"s); }
Stream ssl_request() { return hex("00000008 04d2162f"); }
Stream query(const std::string& text) { return message('Q', text + '\0'); }
Stream logged_in() {
  return concat({message('R', "\0\0\0\0"s), message('S', "TimeZone\0UTC\0"s),
                 message('K', "\0\0\0\5\xff\xff\xff\xff"s), ready()});
}
Stream rows() {
  return concat({message('T', kColumn), message('D', kRow), message('D', kNullRow),
                 message('C', "SELECT 2\0"s), ready()});
}

struct Talk : ParserTalk<kPgsqlProtocol, PgsqlParser, PgsqlTransaction, PgsqlOptions> {
  bool is_complete(std::size_t i) const {
    return tx(i).progress == std::array<std::uint8_t, 2>{1, 1};
  }
};

TEST(PgsqlParser, AnySplitGivesTheSame) {
  const Stream client = concat({startup(), query("select 1"), message('X', "")});
  const std::string expected =
      R"({"pgsql":{"tx_id":2,"request":{"simple_query":"select 1"},"response":)"
      R"({"row_description_malformed":false,"field_count":1,"data_rows":2,"data_size":3,)"
      R"("command_completed":"SELECT 2"}}})";
  for_each_chop(client, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    for (const Bytes piece : pieces) talk.say('>', piece);
    talk.say('<', concat({logged_in(), rows()}));
    ASSERT_EQ(talk.count(), 3u);
    EXPECT_EQ(talk.json(1), expected);
  });
  for_each_chop(concat({logged_in(), rows()}), [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    talk.say('>', client);
    for (const Bytes piece : pieces) talk.say('<', piece);
    EXPECT_EQ(talk.json(1), expected);
    EXPECT_TRUE(talk.is_complete(1));
  });
}

TEST(PgsqlParser, TellsOfRequestsAndResponses) {
  // What the two say in turn, and the last record.
  const struct {
    const char* name;
    std::vector<std::pair<char, Stream>> talk;
    std::string_view json;
  } cases[] = {
      {"startup",
       {{'>', startup()}, {'<', logged_in()}},
       R"({"tx_id":1,"request":{"protocol_version":"3.0","startup_parameters":{"user":"me",)"
       R"("optional_parameters":[{"database":"db"}]}},"response":{"message":"authentication_ok",)"
       R"("parameter_status":[{"time_zone":"UTC"}],"process_id":5,"secret_key":4294967295}})"},
      {"no SSL",
       {{'>', ssl_request()}, {'<', text_bytes("N")}},
       R"({"tx_id":1,"request":{"message":"SSL Request"},"response":{"ssl_accepted":false}})"},
      {"MD5",
       {{'>', startup()}, {'<', message('R', "\0\0\0\5salt"s)}},
       R"({"tx_id":1,"request":{"protocol_version":"3.0","startup_parameters":{"user":"me",)"
       R"("optional_parameters":[{"database":"db"}]}},)"
       R"("response":{"authentication_md5_password":"salt"}})"},
      {"password",
       {{'<', message('R', "\0\0\0\3"s)}, {'>', message('p', "secret\0"s)}},
       R"({"tx_id":1,"request":{"password_redacted":true}})"},
      {"SASL",
       {{'>', startup()},
        {'<', message('R', "\0\0\0\x0aSCRAM-SHA-256\0\0"s)},
        {'>', message('p', "SCRAM-SHA-256\0\0\0\0\3n,,"s)}},
       R"({"tx_id":2,"request":{"sasl_authentication_mechanism":"scram_SHA256",)"
       R"("sasl_param":"n,,"}})"},
      {"SASL goes on",
       {{'>', startup()},
        {'<', message('R', "\0\0\0\x0br=1"s)},
        {'>', message('p', "c=2")},
        {'<', concat({message('R', "\0\0\0\x0cv=3"s), logged_in()})}},
       R"({"tx_id":2,"request":{"sasl_response":"c=2"},"response":{)"
       R"("authentication_sasl_final":"v=3","message":"authentication_ok",)"
       R"("parameter_status":[{"time_zone":"UTC"}],"process_id":5,"secret_key":4294967295}})"},
      {"error",
       {{'>', query("x")},
        {'<', concat({message('E', "SERROR\0C42601\0Mno\0F1\0?2\0\0"s), ready()})}},
       R"({"tx_id":1,"request":{"simple_query":"x"},"response":{"severity_localizable":"ERROR",)"
       R"("code":"42601","message":"no","file":"1","unknown_field_type":"2"}})"},
      {"copy to the server begins",
       {{'>', query("copy")}, {'<', message('G', "\0\0\2\0\0\0\0"s)}},
       R"({"tx_id":1,"request":{"simple_query":"copy"},"response":{)"
       R"("copy_in_response":{"malformed":false,"columns":2}}})"},
      {"copy to the server",
       {{'>', concat({message('d', "abc"), message('d', "d"), message('c', "")})},
        {'<', concat({message('C', "COPY 2\0"s), ready()})}},
       R"({"tx_id":1,"request":{"copy_data_in":{"msg_count":2,"data_size":4},)"
       R"("message":"copy_done"},"response":{"data_rows":2,"data_size":4,)"
       R"("command_completed":"COPY 2"}})"},
      {"copy to the server fails",
       {{'>', concat({message('d', "abc"), message('f', "why")})},
        {'<', concat({message('E', "Mno\0\0"s), ready()})}},
       R"({"tx_id":1,"request":{"copy_data_in":{"msg_count":1,"data_size":3},)"
       R"("copy_fail":"why"},"response":{"message":"no"}})"},
      {"copy from the server",
       {{'>', query("copy")},
        {'<', concat({message('H', "\0\0\1\0\0"s), message('d', "abc"), message('c', ""),
                      message('C', "COPY 1\0"s), ready()})}},
       R"({"tx_id":1,"request":{"simple_query":"copy"},"response":{)"
       R"("copy_out_response":{"malformed":false,"columns":1},)"
       R"("copy_data_out":{"row_count":1,"data_size":3},"message":"copy_done",)"
       R"("command_completed":"COPY 1"}})"},
      {"cancel",
       {{'>', hex("00000010 04d2162e 0000004d fffffffe")}},
       R"({"tx_id":1,"request":{"message":"cancel_request","process_id":77,)"
       R"("secret_key":4294967294}})"},
      {"the end",
       {{'>', message('X', "")}},
       R"({"tx_id":1,"request":{"message":"termination_message"}})"},
      {"what has no transaction",
       {{'>', query("a")},
        {'<', concat({message('N', "Mx\0\0"s), message('A', "\0\0\0\1a\0b\0"s), message('1', ""),
                      message('C', "A\0"s), ready()})},
        {'>', concat({message('P', "\0select\0\0\0"s), message('S', "")})},
        {'<', concat({message('1', ""), message('C', "B\0"s), ready()})}},
       R"({"tx_id":1,"request":{"simple_query":"a"},"response":{"command_completed":"A"}})"},
  };
  for (const auto& c : cases) {
    Talk talk;
    for (const auto& [who, bytes] : c.talk) talk.say(who, bytes);
    ASSERT_GT(talk.count(), 0u) << c.name;
    EXPECT_EQ(talk.json(talk.count() - 1), "{\"pgsql\":" + std::string(c.json) + "}") << c.name;
    EXPECT_TRUE(talk.tx(talk.count() - 1).events.empty()) << c.name;
  }
}

TEST(PgsqlParser, ResponsesFindTheirRequests) {
  Talk talk;
  talk.say('>', concat({query("1"), query("2")}));
  talk.say('<', concat({message('C', "A\0"s), ready(), message('C', "B\0"s)}));
  EXPECT_TRUE(talk.is_complete(0));
  EXPECT_FALSE(talk.is_complete(1));
  talk.say('<', ready());
  EXPECT_TRUE(talk.is_complete(1));
  EXPECT_EQ(talk.tx(0).response.command, "A");
  EXPECT_EQ(talk.tx(1).response.command, "B");
}

TEST(PgsqlParser, RaisesEvents) {
  const struct {
    const char* name;
    Stream client, server;
    Event event;
    ParseStatus status = ParseStatus::kDone;
  } cases[] = {
      {"a length of 3", hex("51 00000003"), {}, Event::kInvalidLength, ParseStatus::kMalformed},
      {"an unknown version", hex("00000008 00ff00ff"), {}, Event::kMalformedRequest},
      {"a startup without end", message(0, "\0\3\0\0user\0"s), {}, Event::kMalformedRequest},
      {"a cancel that is short", hex("00000008 04d2162e"), {}, Event::kMalformedRequest},
      {"columns that are not there", query("a"), message('T', "\0\5a\0"s),
       Event::kMalformedResponse},
      {"a row that is cut", query("a"), message('D', "\0\1\0\0\0\5a"s), Event::kMalformedResponse},
      {"an unknown authentication", startup(), message('R', "\0\0\0\x63"s),
       Event::kMalformedResponse},
      {"an error without end", query("a"), message('E', "Mx"), Event::kMalformedResponse},
      {"a key that is short", startup(), message('K', "ab"), Event::kInvalidLength},
      {"a copy with too few formats", query("a"), message('G', "\0\0\7\0\0"s),
       Event::kMalformedResponse},
  };
  for (const auto& c : cases) {
    Talk talk;
    EXPECT_EQ(talk.say('>', c.client), c.status) << c.name;
    talk.say('<', c.server);
    ASSERT_EQ(talk.count(), 1u) << c.name;
    EXPECT_TRUE(talk.tx(0).events.has(static_cast<std::uint8_t>(c.event))) << c.name;
  }
}

TEST(PgsqlParser, WhatIsKeptIsCapped) {
  Talk talk;
  for (std::uint32_t i = 0; i <= talk.options.max_transactions; ++i) talk.say('>', query("a"));
  EXPECT_EQ(talk.count(), talk.options.max_transactions);
  EXPECT_TRUE(
      talk.tx(talk.count() - 1).events.has(static_cast<std::uint8_t>(Event::kTooManyTransactions)));
  for (std::uint32_t i = 0; i <= talk.options.max_responses; ++i) {
    talk.say('<', message('S', "a\0b\0"s));
  }
  EXPECT_EQ(talk.tx(0).response.parameters.size(), talk.options.max_responses);
  EXPECT_TRUE(talk.tx(0).events.has(static_cast<std::uint8_t>(Event::kTooManyResponses)));
}

TEST(PgsqlParser, LongMessagesArePassedOver) {
  Talk talk;
  const std::string text(MessageReader::kMostHeldBytes + 1000, 'q');
  for (const Stream& piece : {query(text), query("next")}) talk.say('>', piece);
  ASSERT_EQ(talk.count(), 2u);
  EXPECT_EQ(talk.tx(0).request.text.size(), MessageReader::kMostHeldBytes - 5);
  EXPECT_EQ(talk.tx(1).request.text, "next");
}

TEST(PgsqlParser, GapsAreHarmlessInWhatIsPassedOver) {
  const auto gap = [](Talk& talk, std::size_t size) {
    const AppInput input{
        .flow = talk.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}};
    return talk.parser.gap(input, size);
  };
  Talk long_one;
  const Stream whole = query(std::string(MessageReader::kMostHeldBytes + 1000, 'q'));
  long_one.say('>', Bytes(whole).first(whole.size() - 900));
  EXPECT_EQ(gap(long_one, 900), ParseStatus::kDone);
  long_one.say('>', query("next"));
  EXPECT_EQ(long_one.tx(1).request.text, "next");
  Talk short_one;
  short_one.say('>', hex("51 000000ff 61"));
  EXPECT_EQ(gap(short_one, 10), ParseStatus::kMalformed);
}

TEST(PgsqlParser, TlsFollowsWhenTheServerAgrees) {
  for (const bool agrees : {true, false}) {
    Talk talk;
    talk.say('>', ssl_request());
    talk.say('<', text_bytes(agrees ? "S" : "N"));
    EXPECT_EQ(talk.parser.wishes.change_to, agrees ? AppProto::kTls : AppProto::kUnknown);
    EXPECT_TRUE(talk.is_complete(0));
  }
}

TEST(PgsqlBuffers, QueryIsThere) {
  Talk talk;
  talk.say('>', concat({startup(), query("select 1")}));
  const auto read = [&](std::size_t i) {
    return read_buffer(kPgsqlBuffers, "pgsql.query", talk.flow, talk.tx(i));
  };
  EXPECT_EQ(read(0), "none");
  EXPECT_EQ(read(1), "[select 1]");
}

TEST(PgsqlProtocol, IsRecognised) {
  const auto probe = [](Direction direction, const Stream& bytes) {
    return kPgsqlProtocol.probes[0].probe(direction, bytes);
  };
  constexpr Direction kToServer = Direction::kToServer, kToClient = Direction::kToClient;
  EXPECT_EQ(probe(kToServer, ssl_request()), ProbeResult::kYes);
  EXPECT_EQ(probe(kToServer, startup()), ProbeResult::kYes);
  EXPECT_EQ(probe(kToServer, query("a")), ProbeResult::kYes);
  EXPECT_EQ(probe(kToServer, hex("000000")), ProbeResult::kNeedMore);
  EXPECT_EQ(probe(kToServer, hex("00000008 00ff00ff")), ProbeResult::kNo);
  EXPECT_EQ(probe(kToServer, text_bytes("GET / HTTP/1.1")), ProbeResult::kNo);
  EXPECT_EQ(probe(kToClient, text_bytes("N")), ProbeResult::kYes);
  EXPECT_EQ(probe(kToClient, text_bytes("220 hello")), ProbeResult::kNo);
}

}  // namespace
}  // namespace culvert::pgsql
