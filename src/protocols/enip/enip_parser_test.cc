#include "protocols/enip/enip_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "app/talk_testing.h"
#include "protocols/enip/enip_keywords.h"
#include "protocols/enip/enip_names.h"
#include "protocols/enip/enip_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::enip {
namespace {

using Data = std::vector<std::byte>;

Data number(std::size_t value, std::size_t size) {
  Data bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(std::byte(value >> (8 * i) & 0xff));
  return bytes;
}
Data message(unsigned command, const Data& data, unsigned session = 1, unsigned status = 0) {
  return concat({number(command, 2), number(data.size(), 2), number(session, 4), number(status, 4),
                 Data(8), Data(4), data});
}
Data item(unsigned type, const Data& content) {
  return concat({number(type, 2), number(content.size(), 2), content});
}
/// In SendRRData.
Data with_cip(std::string_view cip, unsigned session = 1) {
  return message(0x6f, concat({Data(6), number(2, 2), item(0, {}), item(0xb2, hex(cip))}), session);
}
/// In SendUnitData.
Data connected(unsigned sequence, std::string_view cip) {
  const Data content = concat({number(sequence, 2), hex(cip)});
  return message(0x70, concat({Data(6), number(2, 2), item(0xa1, Data(4)), item(0xb1, content)}));
}
Data identity() {
  return message(0x63, concat({number(1, 2), item(0x0c, concat({hex("0100"), Data(16),
                                                                hex("0100 0c00 3a00 04 03 3000"),
                                                                hex("8e4d5200 02 4142 03")}))}));
}

struct Talk : ParserTalk<kEnipProtocol, EnipParser, EnipTransaction, EnipOptions> {
  explicit Talk(std::uint32_t most = 1024, bool is_stream = true)
      : ParserTalk(EnipOptions{most}, is_stream) {}
  bool is_invalid(std::size_t i) const { return raised(i, Event::kInvalidPdu); }
};

constexpr std::string_view kIdentity =
    R"({"enip":{"request":{"command":"list_identity","status":"success"},)"
    R"("response":{"command":"list_identity","status":"success","identity":{"protocol_version":1,)"
    R"("revision":"4.3","vendor_id":"Rockwell Automation/Allen-Bradley",)"
    R"("device_type":"Communications Adapter","product_code":58,"status":48,"serial":5393806,)"
    R"("product_name":"AB","state":3}}}})";
constexpr std::string_view kCip =
    R"({"enip":{"request":{"command":"send_r_r_data","status":"success","cip":{)"
    R"("service":"Get Attributes Single","path":[{"segment_type":"class","value":1},)"
    R"({"segment_type":"instance","value":768},{"segment_type":"attribute","value":7}],)"
    R"("class_name":"Identity"}},"response":{"command":"send_r_r_data","status":"success",)"
    R"("cip":{"service":"Get Attributes Single","status":"Path Destination Unknown",)"
    R"("status_extended":"0100"}}}})";

TEST(EnipParser, AnySplitGivesTheSame) {
  const Data client = concat({message(0x63, {}), with_cip("0e 04 2001 25000003 3007")});
  const Data server = concat({identity(), with_cip("8e 00 05 02 0100")});
  for_each_chop(client, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    for (const Bytes piece : pieces) talk.say('>', piece);
    talk.say('<', server);
    ASSERT_EQ(talk.count(), 2u);
    EXPECT_EQ(talk.json(1), kCip);
  });
  for_each_chop(server, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    talk.say('>', client);
    for (const Bytes piece : pieces) talk.say('<', piece);
    ASSERT_EQ(talk.count(), 2u);
    EXPECT_EQ(talk.json(0), kIdentity);
    EXPECT_EQ(talk.json(1), kCip);
  });
  Talk datagrams(1024, false);
  datagrams.say('>', message(0x63, {}));
  datagrams.say('<', concat({identity(), hex("00")}));
  EXPECT_EQ(datagrams.json(0), kIdentity);
  EXPECT_EQ(datagrams.say('>', hex("6300 0000")), ParseStatus::kMalformed);
}

TEST(EnipParser, LogsSessionsAndServices) {
  Talk talk;
  talk.say('>', message(0x65, hex("0100 0000"), 0));
  talk.say('<', message(0x65, hex("0100 0000"), 7));
  talk.say('>', message(4, {}, 7));
  talk.say('<', message(4, concat({number(1, 2), item(0x100, hex("0100 2001 4142"))}), 7));
  talk.say('>', message(0x55, {}, 7));
  talk.say('<', message(0x55, {}, 7, 0x64));
  ASSERT_EQ(talk.count(), 3u);
  EXPECT_EQ(talk.json(0), R"({"enip":{"request":{"command":"register_session","status":"success",)"
                          R"("register_session":{"protocol_version":1,"options":0}},)"
                          R"("response":{"command":"register_session","status":"success",)"
                          R"("register_session":{"protocol_version":1,"options":0}}}})");
  EXPECT_NE(talk.json(1).find(R"("list_services":{"protocol_version":1,"capabilities":288,)"
                              R"("service_name":"AB"})"),
            std::string::npos);
  EXPECT_EQ(talk.json(2), R"({"enip":{"request":{"command":"unknown-85","status":"success"},)"
                          R"("response":{"command":"unknown-85","status":"invalid_session"}}})");
}

TEST(EnipParser, RaisesInvalidPdu) {
  const std::pair<const char*, Data> cases[] = {
      {"no items", message(0x6f, Data(4))},
      {"a service without a path", with_cip("0e")},
      {"a path cut short", with_cip("0e 04 2001")},
      {"a segment that is not logical", with_cip("0e 01 0100")},
      {"a value of no size", with_cip("0e 01 2301")},
      {"several services, and none", with_cip("0a 02 2002 2401")},
      {"a service that is not there", with_cip("0a 02 2002 2401 0100 ffff")},
      {"a list without a count", with_cip("03 02 2001 2401")},
      {"a session cut short", message(0x65, hex("01"))},
  };
  for (const auto& [name, bytes] : cases) {
    Talk talk;
    talk.say('>', bytes);
    ASSERT_EQ(talk.count(), 1u) << name;
    EXPECT_TRUE(talk.is_invalid(0)) << name;
    EXPECT_EQ(talk.json(0).find("cip"), std::string::npos) << name;
  }
  Talk talk;
  talk.say('>', message(0x63, {}));
  talk.say('<', message(0x63, hex("0100 0c00 0100 00")));
  EXPECT_TRUE(talk.is_invalid(0));
}

TEST(EnipParser, ResponsesFindTheirRequest) {
  Talk talk;
  talk.say('>', concat({connected(1, "0e 02 2001 2401"), connected(2, "01 02 2001 2401")}));
  talk.say('<', connected(2, "81 00 00 00"));
  talk.say('<', connected(1, "8e 00 00 00"));
  ASSERT_EQ(talk.count(), 3u);
  EXPECT_FALSE(talk.tx(0).response) << "a later one was answered";
  EXPECT_EQ(talk.tx(0).progress[1], TwoStates::kComplete);
  EXPECT_TRUE(talk.tx(1).response);
  EXPECT_FALSE(talk.tx(2).request);
  Talk other;
  other.say('>', with_cip("0e 02 2001 2401"));
  other.say('<', with_cip("8e 00 00 00", 2));
  EXPECT_EQ(other.count(), 2u);
}

TEST(EnipParser, KeepsWithinItsLimits) {
  Talk talk(2);
  for (int i = 0; i < 4; ++i) talk.say('>', message(4, {}));
  ASSERT_EQ(talk.count(), 2u);
  EXPECT_TRUE(talk.tx(1).events.has(static_cast<std::uint8_t>(Event::kTooManyTransactions)));
  EXPECT_EQ(talk.parser.gap(
                {.flow = talk.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}}, 9),
            ParseStatus::kMalformed);
}

TEST(EnipKeywords, AskMessages) {
  Talk talk;
  talk.say('>', message(0x63, {}));
  talk.say('<', identity());
  // Get Attribute List of 5 and 6, and a single one, in one.
  talk.say('>', connected(9,
                          "0a 02 2002 2401 0200 0600 1200 03 02 2001 2401 0200 0500 0600 "
                          "0e 03 2004 2405 3003"));
  talk.say('<', connected(9, "8a 00 00 00 0200 0600 0a00 8300 0000 8e00 0802 0701"));
  ASSERT_EQ(talk.count(), 2u);
  EXPECT_FALSE(talk.is_invalid(1));
  const struct {
    std::size_t tx;
    char who;
    const char* keyword;
    const char* argument;
    const char* answer;
  } cases[] = {
      {0, '>', "enip_command", "99", "yes"},
      {0, '>', "enip_command", "list_identity", "yes"},
      {0, '>', "enip_command", "no_such", "refused"},
      {0, '<', "enip.status", "success", "yes"},
      {0, '<', "enip.status", ">0", "no"},
      {0, '<', "enip.protocol_version", "1", "yes"},
      {0, '>', "enip.protocol_version", "1", "no"},
      {0, '<', "enip.revision", "0x403", "yes"},
      {0, '<', "enip.vendor_id", "1", "yes"},
      {0, '<', "enip.device_type", "12", "yes"},
      {0, '<', "enip.product_code", "58", "yes"},
      {0, '<', "enip.identity_status", "0x30", "yes"},
      {0, '<', "enip.serial", "0x524D8E", "yes"},
      {0, '<', "enip.state", "3", "yes"},
      {0, '<', "enip.state", "4", "no"},
      {0, '<', "enip.capabilities", ">0", "no"},
      {1, '>', "cip_service", "10", "yes"},
      {1, '>', "cip_service", "14", "yes"},
      {1, '>', "cip_service", "14,4", "yes"},
      {1, '>', "cip_service", "14,4,3", "yes"},
      {1, '>', "cip_service", "3,1,6", "yes"},
      {1, '>', "cip_service", "14,1", "no"},
      {1, '<', "cip_service", "14", "yes"},
      {1, '>', "cip_service", "128", "refused"},
      {1, '>', "cip_service", "14,!1", "refused"},
      {1, '>', "enip.cip_class", "1", "yes"},
      {1, '>', "enip.cip_instance", "5", "yes"},
      {1, '>', "enip.cip_attribute", "6", "yes"},
      {1, '>', "enip.cip_attribute", "7", "no"},
      {1, '<', "enip.cip_status", "8", "yes"},
      {1, '<', "enip.cip_status", "0", "yes"},
      {1, '<', "enip.cip_extendedstatus", "0x107", "yes"},
  };
  for (const auto& c : cases) {
    const Direction direction = c.who == '>' ? Direction::kToServer : Direction::kToClient;
    EXPECT_EQ(ask_keyword(kEnipKeywords, c.keyword, c.argument, talk.tx(c.tx), direction), c.answer)
        << c.keyword << ":" << c.argument;
  }
  EXPECT_EQ(read_buffer(kEnipBuffers, "enip.product_name", talk.flow, talk.tx(0)), "[AB]");
  EXPECT_EQ(read_buffer(kEnipBuffers, "enip.service_name", talk.flow, talk.tx(0)), "none");
}

TEST(EnipNames, AreKnown) {
  EXPECT_TRUE(std::ranges::is_sorted(kVendors, {}, &NumberName::first));
  EXPECT_EQ(name_of_vendor(2), "Namco Controls Corp.");
  EXPECT_EQ(name_of_vendor(0), "unknown-0");
  EXPECT_EQ(name_of_class(139), "unknown-139");
  EXPECT_EQ(name_of_cip_status(255), "Still Processing");
  EXPECT_EQ(name_of_service(82), "Read Data Fragmented");
}

}  // namespace
}  // namespace culvert::enip
