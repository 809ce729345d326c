#include "protocols/snmp/snmp_parser.h"

#include <gtest/gtest.h>

#include "event/json_writer.h"
#include "protocols/snmp/snmp_keywords.h"
#include "protocols/snmp/snmp_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/hex.h"

namespace culvert::snmp {
namespace {

/// An element of up to 127 bytes.
std::vector<std::byte> element(unsigned tag, std::vector<std::byte> content) {
  content.insert(content.begin(),
                 {static_cast<std::byte>(tag), static_cast<std::byte>(content.size())});
  return content;
}
std::vector<std::byte> pdu(unsigned type, std::string_view error = "00") {
  return element(0xa0 + type, concat({hex("020101"), hex("0201"), hex(error), hex("020100"),
                                      hex("30 09 30 07 06 03 2b0601 0500")}));
}
std::vector<std::byte> with_community(std::string_view version, std::vector<std::byte> body) {
  return element(0x30, concat({hex("0201"), hex(version), hex("0403 707562"), body}));
}
std::vector<std::byte> version_3(std::string_view model, std::vector<std::byte> data) {
  const auto user = element(4, hex("30 0e 0401 65 020100 020100 0401 6a 0400"));
  return element(
      0x30, concat({hex("020103 300d 020105 0202 7fff 0401 00 0201"), hex(model), user, data}));
}
std::vector<std::byte> scoped(std::vector<std::byte> body) {
  return element(0x30, concat({hex("0400 0400"), body}));
}

struct Talk {
  void say(Bytes bytes) {
    (void)parser.feed(
        {.flow = flow, .direction = Direction::kToServer, .bytes = bytes, .time = {}});
  }
  std::string json(std::size_t i) const {
    JsonWriter writer;
    writer.begin_object();
    kSnmpProtocol.write_alert_metadata(flow, *parser.transactions().at(i), writer);
    writer.end_object();
    return std::string(writer.text());
  }
  Flow flow;
  SnmpParser parser;
};

TEST(SnmpParser, MakesARecordOfEachMessage) {
  const auto trap = element(0xa4, hex("0602 2b06 4004 01020304 020102 020100 430105"
                                      "30 09 30 07 06 03 2b0601 0500"));
  const struct {
    const char* name;
    std::vector<std::byte> bytes;
    std::string json;  // empty: no transaction
  } cases[] = {
      {"version 1, get", with_community("00", pdu(0)),
       R"({"snmp":{"version":1,"pdu_type":"get_request","vars":["1.3.6.1"],"community":"pub"}})"},
      {"version 2c, response with an error", with_community("01", pdu(2, "02")),
       R"({"snmp":{"version":2,"pdu_type":"response","error":"NoSuchName","vars":["1.3.6.1"],)"
       R"("community":"pub"}})"},
      {"version 1, trap", with_community("00", trap),
       R"({"snmp":{"version":1,"pdu_type":"trap_v1","trap_type":"linkDown","trap_oid":"1.3.6",)"
       R"("trap_address":"1.2.3.4","vars":["1.3.6.1"],"community":"pub"}})"},
      {"version 1, trap whose number is in the long form",
       with_community("00", concat({hex("bf"), element(0x04, hex("0602 2b06 4004 01020304 020102 "
                                                                 "020100 430105 3000"))})),
       R"({"snmp":{"version":1,"pdu_type":"trap_v1","trap_type":"linkDown","trap_oid":"1.3.6",)"
       R"("trap_address":"1.2.3.4","community":"pub"}})"},
      {"a tag of the long form only", with_community("00", hex("bf")), ""},
      {"version 3", version_3("03", scoped(pdu(5, "02"))),
       R"({"snmp":{"version":3,"pdu_type":"get_bulk_request","vars":["1.3.6.1"],"usm":"j"}})"},
      {"version 3, encrypted", version_3("03", hex("0402 abcd")),
       R"({"snmp":{"version":3,"pdu_type":"encrypted"}})"},
      {"version 2", with_community("02", pdu(0)), ""},
      {"PDU 9", with_community("00", pdu(9)), ""},
      {"cut short", hex("3010 020100 0403 707562 a0"), ""},
      {"a PDU of nothing", with_community("00", hex("a000")), ""},
  };
  for (const auto& c : cases) {
    Talk talk;
    talk.say(c.bytes);
    ASSERT_EQ(talk.parser.transactions().size(), c.json.empty() ? 0u : 1u) << c.name;
    if (!c.json.empty()) {
      EXPECT_EQ(talk.json(0), c.json) << c.name;
    }
  }
}

TEST(SnmpParser, RaisesEvents) {
  Talk talk;
  talk.say(with_community("00", pdu(0)));
  talk.say(with_community("01", pdu(0)));
  talk.say(version_3("02", scoped(pdu(0))));
  ASSERT_EQ(talk.parser.transactions().size(), 3u);
  const auto has = [&](std::size_t i, Event event) {
    return talk.parser.transactions()[i]->events.has(static_cast<std::uint8_t>(event));
  };
  EXPECT_FALSE(has(0, Event::kVersionMismatch));
  EXPECT_TRUE(has(1, Event::kVersionMismatch));
  EXPECT_TRUE(has(2, Event::kUnknownSecurityModel));
}

TEST(SnmpKeywords, CompareNumbersAndNames) {
  Talk talk;
  talk.say(version_3("03", hex("0402 abcd")));
  talk.say(version_3("03", scoped(pdu(5))));
  ASSERT_EQ(talk.parser.transactions().size(), 2u);
  const auto ask = [&](std::size_t i, std::string_view name, std::string_view argument) {
    return ask_keyword(kSnmpKeywords, name, argument, *talk.parser.transactions()[i]);
  };
  EXPECT_EQ(ask(0, "snmp.version", ">2"), "yes");
  EXPECT_EQ(ask(0, "snmp.pdu_type", "0"), "no") << "it is encrypted";
  EXPECT_EQ(ask(1, "snmp.pdu_type", "5"), "yes");
  EXPECT_EQ(ask(1, "snmp.trap_type", "coldstart"), "no");
  EXPECT_EQ(ask(1, "snmp.trap_type", "warmish"), "refused");
  EXPECT_EQ(read_buffer(kSnmpBuffers, "snmp.usm", talk.flow, *talk.parser.transactions()[0]),
            "[j]");
  EXPECT_EQ(read_buffer(kSnmpBuffers, "snmp.community", talk.flow, *talk.parser.transactions()[0]),
            "none");
}

}  // namespace
}  // namespace culvert::snmp
