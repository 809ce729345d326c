#include "protocols/tftp/tftp_parser.h"

#include <gtest/gtest.h>

#include "event/json_writer.h"
#include "protocols/tftp/tftp_protocol.h"
#include "testing/hex.h"

namespace culvert::tftp {
namespace {

TEST(TftpParser, MakesARecordOfEachRequest) {
  const struct {
    const char* name;
    std::vector<std::byte> bytes;
    std::string json;  // empty: no transaction
  } cases[] = {
      {"read", hex("0001 61 00 6f63746574 00"),
       R"({"tftp":{"packet":"read","file":"a","mode":"octet"}})"},
      {"write, upper case, options", hex("0002 62 00 4d41494c 00 626c6b00 3100"),
       R"({"tftp":{"packet":"write","file":"b","mode":"mail"}})"},
      {"no name", hex("0001 00 6f63746574 00"),
       R"({"tftp":{"packet":"read","file":"","mode":"octet"}})"},
      {"no such mode", hex("0001 61 00 666f6f 00"), ""},
      {"mode without an end", hex("0001 61 00 6f63746574"), ""},
      {"name without an end", hex("0001 61"), ""},
      {"data", hex("0003 0001 61626364"), ""},
      {"empty", {}, ""},
  };
  for (const auto& c : cases) {
    Flow flow;
    TftpParser parser;
    (void)parser.feed(
        {.flow = flow, .direction = Direction::kToServer, .bytes = c.bytes, .time = {}});
    JsonWriter json;
    if (!parser.transactions().empty()) {
      json.begin_object();
      kTftpProtocol.write_alert_metadata(flow, *parser.transactions()[0], json);
      json.end_object();
    }
    EXPECT_EQ(json.text(), c.json) << c.name;
  }
}

}  // namespace
}  // namespace culvert::tftp
