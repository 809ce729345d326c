#include "protocols/bittorrent/dht_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "event/json_writer.h"
#include "protocols/bittorrent/bencode.h"
#include "protocols/bittorrent/dht_protocol.h"

namespace culvert::bittorrent {
namespace {

struct Talk {
  explicit Talk(std::string_view text) {
    (void)parser.feed(
        {.flow = flow, .direction = Direction::kToServer, .bytes = as_bytes(text), .time = {}});
  }
  std::string json() const {
    if (parser.transactions().empty()) return "nothing";
    JsonWriter writer;
    writer.begin_object();
    kDhtProtocol.write_alert_metadata(flow, *parser.transactions()[0], writer);
    writer.end_object();
    return std::string(writer.text());
  }
  bool is_malformed() const {
    return !parser.transactions().empty() && !parser.transactions()[0]->events.empty();
  }
  Flow flow;
  DhtParser parser;
};

TEST(DhtParser, MakesARecordOfEachMessage) {
  const std::string id = "20:abcdefghij0123456789";
  const std::string hex_id = "6162636465666768696a30313233343536373839";
  const std::string node = "abcdefghij0123456789" + std::string("\1\2\3\4\0\x50", 6);
  const std::string empty = R"({"bittorrent_dht":{"transaction_id":""}})";
  const struct {
    const char* name;
    std::string bytes, json;
    bool malformed;
  } cases[] = {
      {"ping", "d1:ad2:id" + id + "e1:q4:ping1:t2:aa1:v2:UT1:y1:qe",
       R"({"bittorrent_dht":{"transaction_id":"6161","client_version":"5554",)"
       R"("request_type":"ping","request":{"id":")" +
           hex_id + R"("}}})",
       false},
      {"nodes and peers",
       "d1:rd2:id" + id + "5:nodes26:" + node + "6:valuesl6:" + node.substr(20) + "ee1:t1:a1:y1:re",
       R"({"bittorrent_dht":{"transaction_id":"61","response":{"id":")" + hex_id +
           R"(","nodes":[{"id":")" + hex_id + R"(","ip":"1.2.3.4","port":80}],)" +
           R"("values":[{"ip":"1.2.3.4","port":80}]}}})",
       false},
      {"error", "d1:eli201e3:Bade1:t1:a1:y1:ee",
       R"({"bittorrent_dht":{"transaction_id":"61","error":{"num":201,"msg":"Bad"}}})", false},
      {"error without a text", "d1:eli201ee1:t1:a1:y1:ee", empty, true},
      {"a port too high", "d1:ad2:id" + id + "4:porti70000ee1:q4:ping1:t1:a1:y1:qe", empty, true},
      {"a peer of 5 bytes", "d1:rd2:id" + id + "6:valuesl5:abcdeee1:t1:a1:y1:re", empty, true},
      {"no kind", "d1:ad2:id" + id + "e1:q4:ping1:t2:aae", empty, true},
      {"keys out of order", "d1:q4:ping1:ad2:id" + id + "e1:t2:aa1:y1:qe", empty, true},
      {"cut short", "d1:ad2:id" + id + "e1:q4:pin", empty, true},
      {"no dictionary", "hello", "nothing", false},
  };
  for (const auto& c : cases) {
    const Talk talk(c.bytes);
    EXPECT_EQ(talk.json(), c.json) << c.name;
    EXPECT_EQ(talk.is_malformed(), c.malformed) << c.name;
  }
}

TEST(Bencode, SkipsOneValue) {
  const std::pair<const char*, std::size_t> cases[] = {
      {"i-12e3:abc", 5}, {"3:abcx", 5}, {"ld1:ai1eeex", 10},
      {"le", 2},         {"i12", 0},    {"9:abc", 0},
      {"e", 0},          {"", 0},       {"lllllllllllllllllleeeeeeeeeeeeeeeeee", 0},
  };
  for (const auto& [text, size] : cases) {
    BencodeReader reader(as_bytes(std::string_view(text)));
    EXPECT_EQ(reader.skip().size(), size) << text;
    EXPECT_EQ(reader.ok(), size != 0) << text;
  }
}

}  // namespace
}  // namespace culvert::bittorrent
