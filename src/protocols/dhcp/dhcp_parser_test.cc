#include "protocols/dhcp/dhcp_parser.h"

#include <gtest/gtest.h>

#include "event/json_writer.h"
#include "protocols/dhcp/dhcp_eve.h"
#include "protocols/dhcp/dhcp_keywords.h"
#include "protocols/text/keyword_testing.h"
#include "testing/hex.h"

namespace culvert::dhcp {
namespace {

std::vector<std::byte> message(std::string_view operation, std::string_view options) {
  auto front = concat({hex(operation), hex("01 06 00 00000007 00000000"),
                       hex("01020304 05060708 090a0b0c 0d0e0f10 aabbccddeeff")});
  front.resize(236);
  return concat({front, hex("63825363"), hex(options)});
}

struct Talk {
  explicit Talk(Bytes bytes) {
    (void)parser.feed(
        {.flow = flow, .direction = Direction::kToServer, .bytes = bytes, .time = {}});
  }
  const DhcpTransaction& tx() const {
    return static_cast<const DhcpTransaction&>(*parser.transactions().at(0));
  }
  std::string json(bool extended) const {
    const ConfigNode no_config;
    JsonWriter writer;
    writer.begin_object();
    if (extended) {
      write_metadata(flow, tx(), writer);
    } else {
      kDhcpLoggers[0].write(flow, tx(), Direction::kToServer, nullptr, writer);
    }
    writer.end_object();
    return std::string(writer.text());
  }
  Flow flow;
  DhcpParser parser;
};

TEST(DhcpParser, WritesOptionsInTheirOrder) {
  const Talk talk(message("01", "350103 00 0c0161 0304 01010101 3d03 01aabb 3703 010699 ff"));
  EXPECT_EQ(talk.json(true),
            R"({"dhcp":{"type":"request","id":7,"client_mac":"aa:bb:cc:dd:ee:ff",)"
            R"("assigned_ip":"5.6.7.8","client_ip":"1.2.3.4","dhcp_type":"request",)"
            R"("hostname":"a","routers":["1.1.1.1"],"client_id":"aa:bb",)"
            R"("params":["subnet_mask","dns_server"]}})");
  EXPECT_EQ(talk.json(false), "{}") << "no acknowledgement";
}

TEST(DhcpParser, LogsLittleWithoutExtended) {
  const Talk talk(message("02", "350105 3304 00000e10 3a04 00000064 ff"));
  EXPECT_EQ(talk.json(false), R"({"dhcp":{"type":"reply","id":7,"client_mac":"aa:bb:cc:dd:ee:ff",)"
                              R"("assigned_ip":"5.6.7.8","dhcp_type":"ack","renewal_time":100}})");
}

TEST(DhcpParser, TellsWhatIsWrongWithOptions) {
  const struct {
    const char* name;
    const char* options;
    bool malformed, truncated;
  } cases[] = {
      {"good", "350105 ff", false, false},
      {"lease time of 2 bytes", "3302 0001 ff", true, false},
      {"client id of nothing", "3d00 ff", true, false},
      {"no end", "350105", false, true},
      {"value cut short", "0c20 616263", false, true},
      {"no length", "0c", false, true},
  };
  for (const auto& c : cases) {
    const Talk talk(message("01", c.options));
    const auto has = [&](Event e) { return talk.tx().events.has(static_cast<std::uint8_t>(e)); };
    EXPECT_EQ(has(Event::kMalformedOptions), c.malformed) << c.name;
    EXPECT_EQ(has(Event::kTruncatedOptions), c.truncated) << c.name;
  }
}

TEST(DhcpParser, PassesOverWhatIsShort) {
  const Talk talk(Bytes(message("01", "ff")).first(239));
  EXPECT_TRUE(talk.parser.transactions().empty());
}

TEST(DhcpKeywords, CompareTimes) {
  const Talk talk(message("02", "3304 00000e10 3a04 00000064 ff"));
  const auto ask = [&](std::string_view name, std::string_view argument) {
    return ask_keyword(kDhcpKeywords, name, argument, *talk.parser.transactions()[0]);
  };
  EXPECT_EQ(ask("dhcp.leasetime", "<7200"), "yes");
  EXPECT_EQ(ask("dhcp.renewal_time", "50<>150"), "yes");
  EXPECT_EQ(ask("dhcp.rebinding_time", ">0"), "no") << "there is none";
}

}  // namespace
}  // namespace culvert::dhcp
