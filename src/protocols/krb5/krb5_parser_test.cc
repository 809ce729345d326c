#include "protocols/krb5/krb5_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/talk_testing.h"
#include "protocols/krb5/krb5_keywords.h"
#include "protocols/krb5/krb5_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::krb5 {
namespace {

using Element = std::vector<std::byte>;

Element element(unsigned tag, const std::vector<Element>& parts) {
  Element content;
  for (const Element& part : parts) content.insert(content.end(), part.begin(), part.end());
  Element head{std::byte(tag)};
  if (content.size() > 127) head.push_back(std::byte(0x81));
  head.push_back(std::byte(content.size()));
  return concat({head, content});
}
Element field(unsigned number, const Element& value) { return element(0xa0 + number, {value}); }
Element sequence(const std::vector<Element>& parts) { return element(0x30, parts); }
Element number(int value) { return element(2, {{std::byte(value & 0xff)}}); }
Element text(std::string_view words) { return element(0x1b, {text_bytes(words)}); }
Element name(const std::vector<std::string_view>& parts) {
  std::vector<Element> texts;
  for (const std::string_view part : parts) texts.push_back(text(part));
  return sequence({field(0, number(1)), field(1, sequence(texts))});
}
Element encrypted(int type) {
  return sequence({field(0, number(type)), field(2, element(4, {text_bytes("c")}))});
}
Element request(unsigned type) {
  const Element body = sequence({field(0, element(3, {hex("0000000000")})), field(1, name({"bob"})),
                                 field(2, text("R")), field(3, name({"krbtgt", "R"}))});
  return element(0x60 + type,
                 {sequence({field(1, number(5)), field(2, number(int(type))), field(4, body)})});
}
Element reply(unsigned type, int encryption, int ticket_encryption) {
  const Element ticket = element(
      0x61, {sequence({field(0, number(5)), field(1, text("R")), field(2, name({"krbtgt", "R"})),
                       field(3, encrypted(ticket_encryption))})});
  return element(0x60 + type, {sequence({field(0, number(5)), field(1, number(int(type))),
                                         field(3, text("C")), field(4, name({"bob"})),
                                         field(5, ticket), field(6, encrypted(encryption))})});
}
Element error(int code) {
  return element(0x7e, {sequence({field(0, number(5)), field(1, number(30)), field(6, number(code)),
                                  field(9, text("R")), field(10, name({"host", "a"}))})});
}
/// With its length in front, as over TCP.
Element record(const Element& message) {
  return concat({hex("0000"),
                 Element{std::byte(message.size() >> 8), std::byte(message.size() & 0xff)},
                 message});
}

struct Talk : ParserTalk<kKrb5Protocol, Krb5Parser, Krb5Transaction> {
  explicit Talk(bool is_stream = true) : ParserTalk(NoOptions{}, is_stream) {}
};

constexpr std::string_view kAsReq =
    R"({"krb5":{"msg_type":"KRB_AS_REQ","cname":"bob","realm":"R","sname":"krbtgt/R",)"
    R"("encryption":"<none>","weak_encryption":false}})";
constexpr std::string_view kTgsRep =
    R"({"krb5":{"msg_type":"KRB_TGS_REP","cname":"bob","realm":"C","sname":"krbtgt/R",)"
    R"("encryption":"aes256-cts-hmac-sha1-96","weak_encryption":false,)"
    R"("ticket_encryption":"rc4-hmac","ticket_weak_encryption":true}})";
constexpr std::string_view kError =
    R"({"krb5":{"msg_type":"KRB_ERROR","failed_request":"KRB_TGS_REQ",)"
    R"("error_code":"KDC_ERR_PREAUTH_REQUIRED","cname":"<empty>","realm":"<empty>",)"
    R"("sname":"host/a","encryption":"<none>","weak_encryption":false}})";

TEST(Krb5Parser, AnySplitGivesTheSame) {
  const Element client = concat({record(request(10)), hex("00000000"), record(request(12))});
  for_each_chop(client, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    for (const Bytes piece : pieces) talk.say('>', piece);
    ASSERT_EQ(talk.count(), 2u);
    EXPECT_EQ(talk.json(0), kAsReq);
  });
  const Element server = concat({record(error(25)), record(reply(13, 18, 23))});
  for_each_chop(server, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    talk.say('>', client);
    for (const Bytes piece : pieces) talk.say('<', piece);
    ASSERT_EQ(talk.count(), 4u);
    EXPECT_EQ(talk.json(2), kError);
    EXPECT_EQ(talk.json(3), kTgsRep);
  });
}

TEST(Krb5Parser, ReadsDatagrams) {
  Talk talk(false);
  talk.say('>', request(10));
  talk.say('<', error(6));
  ASSERT_EQ(talk.count(), 2u);
  EXPECT_EQ(talk.json(0), kAsReq);
  EXPECT_EQ(talk.tx(1).failed_request, MessageType::kAsReq);
}

TEST(Krb5Parser, RaisesEvents) {
  Talk weak;
  weak.say('<', record(reply(11, 23, 18)));
  EXPECT_TRUE(weak.raised(0, Event::kWeakEncryption));
  weak.say('<', record(reply(11, 18, 23)));
  EXPECT_FALSE(weak.raised(1, Event::kWeakEncryption));

  const std::pair<const char*, Element> cases[] = {
      {"an element that is longer than its record", hex("00000003 6a8164")},
      {"no element", hex("00000001 6a")},
      {"a record of 2 MB", hex("00200000 6a")},
  };
  for (const auto& [what, bytes] : cases) {
    Talk talk;
    talk.say('>', record(request(10)));
    talk.say('>', bytes);
    EXPECT_EQ(talk.count(), 1u) << what;
    EXPECT_EQ(talk.raised(0, Event::kMalformedData), true) << what;
  }
}

TEST(Krb5Parser, PassesOverWhatIsNotForTheCenter) {
  const std::pair<const char*, Element> cases[] = {
      {"AP-REQ", element(0x6e, {sequence({field(0, number(5))})})},
      {"no application tag", sequence({field(0, number(5))})},
      {"a name that is none",
       element(0x6a, {sequence({field(4, sequence({field(1, number(1))}))})})},
      {"nothing in it", element(0x7e, {})},
  };
  for (const auto& [what, bytes] : cases) {
    Talk talk;
    EXPECT_EQ(talk.say('>', concat({record(bytes), record(request(10))})), ParseStatus::kDone);
    ASSERT_EQ(talk.count(), 1u) << what;
    EXPECT_EQ(talk.json(0), kAsReq) << what;
    EXPECT_TRUE(talk.tx(0).events.empty()) << what;
  }
}

TEST(Krb5Parser, LongRecordsAndGapsInThemArePassedOver) {
  const auto gap = [](Talk& talk, std::size_t size) {
    const AppInput input{
        .flow = talk.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}};
    return talk.parser.gap(input, size);
  };
  Talk talk;
  talk.say('>', hex("00040000 6a83040000"));
  EXPECT_EQ(gap(talk, 0x40000 - 5), ParseStatus::kDone);
  talk.say('>', record(request(10)));
  EXPECT_EQ(talk.count(), 1u);
  talk.say('>', hex("00000020 6a"));
  EXPECT_EQ(gap(talk, 31), ParseStatus::kMalformed);
  EXPECT_TRUE(talk.parser.recycle());
}

TEST(Krb5Keywords, AskMessages) {
  Talk talk;
  talk.say('>', record(request(12)));
  talk.say('<', concat({record(error(25)), record(reply(13, 18, 23))}));
  const auto ask = [&](std::size_t i, std::string_view keyword, std::string_view argument) {
    return ask_keyword(kKrb5Keywords, keyword, argument, talk.tx(i));
  };
  EXPECT_EQ(ask(0, "krb5_msg_type", "12"), "yes");
  EXPECT_EQ(ask(0, "krb5_msg_type", "13"), "no");
  EXPECT_EQ(ask(0, "krb5_msg_type", "x"), "refused");
  EXPECT_EQ(ask(1, "krb5_err_code", "25"), "yes");
  EXPECT_EQ(ask(2, "krb5_err_code", "25"), "no");
  const std::pair<std::string_view, std::string_view> tickets[] = {
      {"weak", "yes"},     {"!weak", "no"}, {"23", "yes"},       {"rc4-hmac", "yes"},
      {"RC4-HMAC", "yes"}, {"!23", "no"},   {"17,18 23", "yes"}, {"aes128-cts-hmac-sha1-96", "no"},
      {"-133", "no"},      {"", "refused"}, {"rc5", "refused"},
  };
  for (const auto& [argument, answer] : tickets) {
    EXPECT_EQ(ask(2, "krb5.ticket_encryption", argument), answer) << argument;
  }
  EXPECT_EQ(ask(1, "krb5.ticket_encryption", "!weak"), "no");
  const auto read = [&](std::size_t i, std::string_view buffer) {
    return read_buffer(kKrb5Buffers, buffer, talk.flow, talk.tx(i), Direction::kToClient);
  };
  EXPECT_EQ(read(2, "krb5.cname"), "[bob]");
  EXPECT_EQ(read(2, "krb5.sname"), "[krbtgt][R]");
  EXPECT_EQ(read(1, "krb5.cname"), "none");
}

TEST(Krb5Names, AreKnown) {
  EXPECT_EQ(name_of_error(31), "KRB_AP_ERR_BAD_INTEGRITY");
  EXPECT_EQ(name_of_error(30), "ErrorCode(30)");
  EXPECT_EQ(name_of_encryption(-133), "rc4-hmac-OLD");
  EXPECT_EQ(name_of_encryption(99), "EncryptionType(99)");
  EXPECT_TRUE(is_weak(16) && is_weak(23) && is_weak(99) && is_weak(-133));
  EXPECT_FALSE(is_weak(17) || is_weak(20) || is_weak(25));
}

}  // namespace
}  // namespace culvert::krb5
