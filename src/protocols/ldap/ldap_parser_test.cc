#include "protocols/ldap/ldap_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/talk_testing.h"
#include "protocols/ldap/ldap_keywords.h"
#include "protocols/ldap/ldap_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::ldap {
namespace {

/// An element of up to 127 bytes.
std::vector<std::byte> element(unsigned tag, std::vector<std::byte> content) {
  content.insert(content.begin(),
                 {static_cast<std::byte>(tag), static_cast<std::byte>(content.size())});
  return content;
}
std::vector<std::byte> text(std::string_view words) { return element(4, text_bytes(words)); }
std::vector<std::byte> message(unsigned id, unsigned tag, std::vector<std::byte> body) {
  return element(0x30, concat({hex("02 01"), std::vector<std::byte>{std::byte(id)},
                               element(tag, std::move(body))}));
}
std::vector<std::byte> result(unsigned id, unsigned tag, std::string_view code,
                              std::vector<std::byte> more = {}) {
  return message(id, tag, concat({hex("0a01"), hex(code), text("dn=x"), text("no"), more}));
}
std::vector<std::byte> search(unsigned id) {
  return message(id, 0x63,
                 concat({text("dc=x"), hex("0a0102 0a0100 020105 020106 010100"),
                         element(0x87, text_bytes("cn")), element(0x30, text("sn"))}));
}
std::vector<std::byte> entry(unsigned id) {
  return message(
      id, 0x64,
      concat({text("cn=1"),
              element(0x30, element(0x30, concat({text("sn"), element(0x31, text("v"))})))}));
}
std::vector<std::byte> start_tls() {
  return message(1, 0x77, element(0x80, text_bytes("1.3.6.1.4.1.1466.20037")));
}

struct Talk : ParserTalk<kLdapProtocol, LdapParser, LdapTransaction> {
  Talk() : ParserTalk(NoOptions{}, true) {}
};

TEST(LdapProbe, KnowsBinds) {
  const struct {
    const char* name;
    unsigned choice;
    ProbeResult result;
  } cases[] = {{"simple", 0x80, ProbeResult::kYes},
               {"SASL", 0xa3, ProbeResult::kYes},
               {"NTLM as Microsoft has it", 0x8a, ProbeResult::kNo}};
  for (const auto& each : cases) {
    const auto bind = message(
        1, 0x60, concat({hex("020103"), text("user"), element(each.choice, text_bytes("secret"))}));
    EXPECT_EQ(kLdapProtocol.probes[0].probe(Direction::kToServer, bind), each.result) << each.name;
    // What the choice is may come later.
    EXPECT_EQ(kLdapProtocol.probes[0].probe(Direction::kToServer, Bytes(bind).first(12)),
              ProbeResult::kYes)
        << each.name;
  }
  const auto probe_answer = [](std::string_view name) {
    const auto answer = message(1, 0x61, concat({hex("0a0100"), text(name), text("")}));
    return kLdapProtocol.probes[0].probe(Direction::kToClient, answer);
  };
  EXPECT_EQ(probe_answer("dc=x"), ProbeResult::kYes);
  EXPECT_EQ(probe_answer({"NTLMSSP\0\2", 9}), ProbeResult::kNo);
}

TEST(LdapParser, FramesAreMessages) {
  const auto bytes = concat({search(2), search(3)});
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Flow flow;
    LdapParser parser{true};
    FrameList frames;
    static_cast<void>(parser.feed({.flow = flow,
                                   .direction = Direction::kToServer,
                                   .bytes = Bytes(bytes).first(cut),
                                   .time = {},
                                   .frames = &frames}));
    static_cast<void>(parser.feed({.flow = flow,
                                   .direction = Direction::kToServer,
                                   .bytes = Bytes(bytes).subspan(cut),
                                   .time = {},
                                   .stream_offset = cut,
                                   .frames = &frames}));
    std::string found;
    for (const Frame& frame : frames.frames()) {
      found += std::to_string(frame.begin) + "+" + std::to_string(frame.length) + "#" +
               std::to_string(frame.transaction) + " ";
    }
    const std::string size = std::to_string(search(2).size());
    EXPECT_EQ(found, "0+" + size + "#1 " + size + "+" + size + "#2 ") << cut;
  }
}

TEST(LdapParser, FindsResponsesToRequests) {
  const std::string expected =
      R"({"ldap":{"request":{"message_id":2,"operation":"search_request","search_request":)"
      R"({"base_object":"dc=x","scope":2,"deref_alias":0,"size_limit":5,"time_limit":6,)"
      R"("types_only":false,"filter":{"type":"present","value":"cn"},"attributes":["sn"]}},)"
      R"("responses":[{"operation":"search_result_entry","search_result_entry":)"
      R"({"base_object":"cn=1","attributes":[{"type":"sn","values":["v"]}]}},)"
      R"({"operation":"search_result_done","search_result_done":{"result_code":)"
      R"("no_such_object","matched_dn":"dn=x","message":"no"}}]}})";
  const auto answers = concat({entry(2), result(2, 0x65, "20")});
  for_each_chop(answers, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    talk.say('>', search(2));
    for (const Bytes piece : pieces) talk.say('<', piece);
    ASSERT_EQ(talk.parser.transactions().size(), 1u);
    EXPECT_EQ(talk.json(0), expected);
    EXPECT_EQ(talk.tx(0).progress,
              (std::array<std::uint8_t, 2>{TwoStates::kComplete, TwoStates::kComplete}));
  });
}

TEST(LdapParser, RaisesEvents) {
  const struct {
    const char* name;
    std::vector<std::vector<std::byte>> client, server;
    std::optional<Event> event;
  } cases[] = {
      {"a response without its request", {}, {result(9, 0x65, "00")}, Event::kRequestNotFound},
      {"an unsolicited one", {}, {result(0, 0x78, "34")}, std::nullopt},
      {"no message", {search(1), hex("30 05 6162636465")}, {}, Event::kInvalidData},
      {"no element", {search(1), hex("30 80")}, {}, Event::kInvalidData},
      {"an element of 16 MB", {search(1), hex("30 83 ffffff")}, {}, Event::kInvalidData},
      {"an operation that is none", {search(1), message(2, 0x75, {})}, {}, Event::kInvalidData},
  };
  for (const auto& c : cases) {
    Talk talk;
    for (const auto& bytes : c.client) talk.say('>', bytes);
    for (const auto& bytes : c.server) talk.say('<', bytes);
    ASSERT_FALSE(talk.parser.transactions().empty()) << c.name;
    const AppEvents& events = talk.tx(0).events;
    EXPECT_EQ(events.empty(), !c.event) << c.name;
    if (c.event) {
      EXPECT_TRUE(events.has(static_cast<std::uint8_t>(*c.event))) << c.name;
    }
  }
}

TEST(LdapParser, ResponsesOfATransactionAreCapped) {
  Talk talk;
  talk.say('>', search(2));
  for (std::size_t i = 0; i <= LdapParser::kMostResponses; ++i) talk.say('<', entry(2));
  EXPECT_EQ(talk.tx(0).responses.size(), LdapParser::kMostResponses);
  EXPECT_TRUE(talk.tx(0).events.has(static_cast<std::uint8_t>(Event::kTooManyResponses)));
}

TEST(LdapParser, TlsFollowsWhenTheServerAgrees) {
  for (const bool agrees : {true, false}) {
    Talk talk;
    talk.say('>', start_tls());
    EXPECT_EQ(talk.parser.wishes.change_to, AppProto::kUnknown);
    talk.say('<', result(1, 0x78, agrees ? "00" : "34"));
    EXPECT_EQ(talk.parser.wishes.change_to, agrees ? AppProto::kTls : AppProto::kUnknown);
  }
}

TEST(LdapParser, GapsEndIt) {
  Talk talk;
  EXPECT_EQ(talk.parser.gap(
                {.flow = talk.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}}, 3),
            ParseStatus::kMalformed);
}

TEST(LdapKeywords, AskRequestAndResponses) {
  Talk talk;
  talk.say('>', search(2));
  talk.say('<', concat({entry(2), result(2, 0x65, "20")}));
  const auto ask = [&](std::string_view name, std::string_view argument) {
    return ask_keyword(kLdapKeywords, name, argument, talk.tx(0));
  };
  EXPECT_EQ(ask("ldap.request.operation", "search_request"), "yes");
  EXPECT_EQ(ask("ldap.request.operation", "4"), "no");
  EXPECT_EQ(ask("ldap.request.operation", "searchrequest"), "refused");
  EXPECT_EQ(ask("ldap.responses.operation", "search_result_done"), "yes");
  EXPECT_EQ(ask("ldap.responses.operation", "search_result_done,all"), "no");
  EXPECT_EQ(ask("ldap.responses.operation", "search_result_done,-1"), "yes");
  EXPECT_EQ(ask("ldap.responses.operation", "search_result_done,0"), "no");
  EXPECT_EQ(ask("ldap.responses.operation", "search_result_done,first"), "refused");
  EXPECT_EQ(ask("ldap.responses.count", "2"), "yes");
  EXPECT_EQ(ask("ldap.responses.result_code", "no_such_object"), "yes");
  const auto read = [&](std::string_view name) {
    return read_buffer(kLdapBuffers, name, talk.flow, talk.tx(0));
  };
  EXPECT_EQ(read("ldap.request.dn"), "[dc=x]");
  EXPECT_EQ(read("ldap.responses.dn"), "[cn=1][dn=x]");
  EXPECT_EQ(read("ldap.responses.message"), "[no]");
  EXPECT_EQ(read("ldap.request.attribute_type"), "[sn]");
  EXPECT_EQ(read("ldap.responses.attribute_type"), "[sn]");
}

}  // namespace
}  // namespace culvert::ldap
