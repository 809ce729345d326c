#include "protocols/rdp/rdp_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "event/json_writer.h"
#include "protocols/rdp/rdp_eve.h"
#include "protocols/rdp/rdp_names.h"
#include "protocols/rdp/rdp_protocol.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::rdp {
namespace {

using namespace std::string_literals;
using Packet = std::vector<std::byte>;

Packet number(std::size_t value, std::size_t size) {  // most significant byte first
  Packet out;
  for (std::size_t i = size; i-- > 0;) out.push_back(std::byte(value >> (8 * i) & 0xff));
  return out;
}
Packet little(std::size_t value, std::size_t size) {
  Packet out = number(value, size);
  std::ranges::reverse(out);
  return out;
}
Packet tpkt(const Packet& body) { return concat({hex("0300"), number(body.size() + 4, 2), body}); }
/// A connection request (type e0) or its confirmation (d0).
Packet opening(unsigned type, const Packet& body) {
  return tpkt(concat({number(body.size() + 6, 1), number(type, 1), hex("0000 0000 00"), body}));
}
Packet negotiation(unsigned type, unsigned flags, std::uint32_t value) {
  return concat({number(type, 1), number(flags, 1), hex("0800"), little(value, 4)});
}
Packet cookie(std::string_view name) {
  return text_bytes("Cookie: mstshash=" + std::string(name) + "\r\n");
}
Packet wide(std::string_view text, std::size_t size) {
  Packet out(size);
  for (std::size_t i = 0; i < text.size(); ++i) out[2 * i] = std::byte(text[i]);
  return out;
}
Packet block(unsigned type, const Packet& body) {
  return concat({little(type, 2), little(body.size() + 4, 2), body});
}
/// Up to and with the physical width.
Packet core(unsigned older_depth = 0xca01, unsigned depth = 24, unsigned capabilities = 0x21) {
  return block(0xc001,
               concat({little(0x80005, 4),     little(1024, 2),       little(768, 2),
                       little(0xca01, 2),      hex("03aa"),           little(0x0407, 4),
                       little(7601, 4),        wide("PC-1", 32),      little(4, 4),
                       little(0, 4),           little(12, 4),         wide("", 64),
                       little(older_depth, 2), little(1, 2),          little(0, 4),
                       little(depth, 2),       little(15, 2),         little(capabilities, 2),
                       wide("id-1", 64),       hex("06 00 01000000"), little(300, 4)}));
}
Packet channels() {
  return block(0xc003, concat({little(2, 4), text_bytes("rdpdr\0\0\0"s), hex("00000080"),
                               text_bytes("cliprdr\0"s), hex("000000c0")}));
}
Packet connect_request(const Packet& blocks) {
  const Packet conference = concat({hex("000500147c0001"), number(0x8000 | (blocks.size() + 14), 2),
                                    hex("0008001000 01c000"), text_bytes("Duca"),
                                    number(0x8000 | blocks.size(), 2), blocks});
  const Packet content = concat(
      {hex("040101 040101 0101ff 3000 3000 3000 0482"), number(conference.size(), 2), conference});
  return tpkt(concat({hex("02f080 7f6582"), number(content.size(), 2), content}));
}
Packet connect_response() { return tpkt(hex("02f080 7f6603 0a0100")); }

struct Talk {
  ParseStatus say(char who, Bytes bytes) {
    return parser.feed({.flow = flow,
                        .direction = who == '>' ? Direction::kToServer : Direction::kToClient,
                        .bytes = bytes,
                        .time = {}});
  }
  std::string json(std::size_t i) {
    const auto& tx = static_cast<const RdpTransaction&>(*parser.transactions().at(i));
    JsonWriter writer;
    writer.begin_object();
    write_eve(flow, tx, tx.direction, nullptr, writer);
    writer.end_object();
    return std::string(writer.text());
  }
  std::size_t count() const { return parser.transactions().size(); }
  Flow flow;
  RdpParser parser;
};

const std::string kConnect =
    R"({"rdp":{"tx_id":2,"event_type":"connect_request","client":{"version":"v10.0",)"
    R"("desktop_width":1024,"desktop_height":768,"color_depth":24,"keyboard_layout":"de-DE",)"
    R"("build":"Windows 7 SP1","client_name":"PC-1","keyboard_type":"enhanced",)"
    R"("function_keys":12,"product_id":1,"capabilities":["support_errinfo_pdf",)"
    R"("valid_connection_type"],"id":"id-1","connection_hint":"lan","physical_width":300},)"
    R"("channels":["rdpdr","cliprdr"]}})";

TEST(RdpParser, AnySplitGivesTheSame) {
  const Packet client =
      concat({opening(0xe0, cookie("bob")), connect_request(concat({core(), channels()})),
              tpkt(hex("02f080 0401 0001 00"))});
  for_each_chop(client, [&](const std::vector<Bytes>& pieces) {
    Talk talk;
    for (const Bytes piece : pieces) talk.say('>', piece);
    ASSERT_EQ(talk.count(), 2u);
    EXPECT_EQ(talk.json(0), R"({"rdp":{"tx_id":1,"event_type":"initial_request","cookie":"bob"}})");
    EXPECT_EQ(talk.json(1), kConnect);
  });
  for_each_chop(concat({opening(0xd0, {}), connect_response()}),
                [&](const std::vector<Bytes>& pieces) {
                  Talk talk;
                  for (const Bytes piece : pieces) talk.say('<', piece);
                  ASSERT_EQ(talk.count(), 2u);
                  EXPECT_EQ(talk.json(1), R"({"rdp":{"tx_id":2,"event_type":"connect_response"}})");
                });
}

TEST(RdpParser, TellsOfNegotiation) {
  const struct {
    const char* name;
    char who;
    Packet packet;
    std::string_view json;  // empty: nothing
  } cases[] = {
      {"no negotiation", '>', opening(0xe0, {}), R"("event_type":"initial_request")"},
      {"flags", '>', opening(0xe0, negotiation(1, 9, 3)),
       R"("event_type":"initial_request","flags":["restricted_admin_mode_required",)"
       R"("correlation_info_present"])"},
      {"flags that are none", '>', opening(0xe0, negotiation(1, 4, 3)),
       R"("event_type":"initial_request")"},
      {"cookie and flags", '>', opening(0xe0, concat({cookie("eve"), negotiation(1, 2, 3)})),
       R"("event_type":"initial_request","cookie":"eve",)"
       R"("flags":["redirected_authentication_mode_required"])"},
      {"token", '>', opening(0xe0, text_bytes("Cookie: msts=1.2.3\r\n")),
       R"("event_type":"initial_request")"},
      {"cookie without end", '>', opening(0xe0, text_bytes("Cookie: mstshash=a")), ""},
      {"protocol", '<', opening(0xd0, negotiation(2, 0x1f, 2)),
       R"("event_type":"initial_response","server_supports":["extended_client_data","dynvc_gfx",)"
       R"("restricted_admin","redirected_authentication"],"protocol":"hybrid")"},
      {"unknown protocol", '<', opening(0xd0, negotiation(2, 0, 3)), ""},
      {"failure", '<', opening(0xd0, negotiation(3, 0, 5)),
       R"("event_type":"initial_response","error_code":5,"reason":"hybrid required by server")"},
      {"unknown failure", '<', opening(0xd0, negotiation(3, 0, 7)), ""},
      {"MCS that is none", '>', connect_request(hex("0000")), R"("event_type":"connect_request")"},
      {"MCS that is cut", '>', tpkt(hex("02f080 7f6582 0100 0401")), ""},
  };
  for (const auto& c : cases) {
    Talk talk;
    talk.say(c.who, c.packet);
    ASSERT_EQ(talk.count(), c.json.empty() ? 0u : 1u) << c.name;
    if (c.json.empty()) continue;
    EXPECT_EQ(talk.json(0), "{\"rdp\":{\"tx_id\":1," + std::string(c.json) + "}}") << c.name;
  }
}

TEST(RdpMessage, CoreDataEndsAtTheFirstFieldThatMakesNoSense) {
  const struct {
    const char* name;
    Packet core;
    std::string_view has, has_not;
  } cases[] = {
      {"older depth", core(0xca09), R"("color_depth":8)", "product_id"},
      {"depth", core(0xca02, 32), R"("color_depth":15)", "capabilities"},
      {"capabilities", core(0xca01, 16, 0x800), R"("color_depth":16)", R"("id")"},
  };
  for (const auto& c : cases) {
    Talk talk;
    talk.say('>', connect_request(c.core));
    const std::string json = talk.json(0);
    EXPECT_NE(json.find(c.has), json.npos) << c.name;
    EXPECT_EQ(json.find(c.has_not), json.npos) << c.name;
  }
}

TEST(RdpMessage, NamesAreUtf16) {
  Packet packet = core();
  packet[28] = std::byte{0x3d};  // the client's name begins with U+1F600
  packet[29] = std::byte{0xd8};
  for (const bool has_low : {true, false}) {
    packet[30] = std::byte{0};
    packet[31] = has_low ? std::byte{0xde} : std::byte{0};
    Talk talk;
    talk.say('>', connect_request(packet));
    const std::string json = talk.json(0);
    EXPECT_EQ(json.find("\xf0\x9f\x98\x80") != json.npos, has_low);
    EXPECT_EQ(json.find("client_name") != json.npos, has_low);
  }
}

TEST(RdpParser, NothingIsReadOnceItIsOver) {
  const std::pair<const char*, Packet> ends[] = {
      {"connected", connect_response()},
      {"encrypted", hex("17 0303 0001 00")},
      {"neither TPKT nor TLS", hex("44 04 80 01")},
  };
  for (const auto& [name, bytes] : ends) {
    Talk talk;
    talk.say('<', bytes);
    const std::size_t before = talk.count();
    EXPECT_EQ(talk.say('>', opening(0xe0, cookie("late"))), ParseStatus::kDone) << name;
    EXPECT_EQ(talk.count(), before) << name;
    EXPECT_TRUE(talk.parser.recycle());
    talk.say('>', opening(0xe0, cookie("new")));
    EXPECT_EQ(talk.count(), before + 1) << name;
  }
}

TEST(RdpParser, ReadsCertificatesOfTls) {
  // A Certificate message with no certificate in it, in two records.
  Talk talk;
  talk.say('<', concat({opening(0xd0, negotiation(2, 0, 1)), hex("16 0303 0002 0b00"),
                        hex("16 0303 0005 0003 000000")}));
  ASSERT_EQ(talk.count(), 2u);
  EXPECT_EQ(talk.json(1), R"({"rdp":{"tx_id":2,"event_type":"tls_handshake"}})");
}

TEST(RdpParser, GapsEndIt) {
  Talk talk;
  const AppInput input{
      .flow = talk.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}};
  EXPECT_EQ(talk.parser.gap(input, 3), ParseStatus::kMalformed);
  talk.say('<', connect_response());
  EXPECT_EQ(talk.parser.gap(input, 3), ParseStatus::kDone);
}

TEST(RdpNames, AreInOrderToBeFound) {
  EXPECT_EQ(name_of_version(0x80001), "v4");
  EXPECT_EQ(name_of_version(0x8000c), "v10.7");
  EXPECT_EQ(name_of_build(528), "Windows NT 3.1");
  EXPECT_EQ(name_of_build(17763), "Windows 10 RS5");
  EXPECT_EQ(name_of_build(1), "unknown");
  EXPECT_EQ(name_of_layout(0x0401), "ar-SA");
  EXPECT_EQ(name_of_layout(0x4c0a), "es-NI");
  EXPECT_EQ(name_of_layout(0x0400), "unknown");
}

TEST(RdpProtocol, IsRecognised) {
  const auto probe = kRdpProtocol.probes[0].probe;
  EXPECT_EQ(probe(Direction::kToServer, opening(0xe0, {})), ProbeResult::kYes);
  EXPECT_EQ(probe(Direction::kToClient, opening(0xe0, {})), ProbeResult::kNo);
  EXPECT_EQ(probe(Direction::kToClient, opening(0xd0, {})), ProbeResult::kYes);
}

}  // namespace
}  // namespace culvert::rdp
