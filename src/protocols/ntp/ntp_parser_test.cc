#include "protocols/ntp/ntp_parser.h"

#include <gtest/gtest.h>

#include "protocols/ntp/ntp_keywords.h"
#include "protocols/text/keyword_testing.h"
#include "testing/hex.h"

namespace culvert::ntp {
namespace {

std::vector<std::byte> packet(std::string_view first_words, std::size_t size = 48) {
  auto bytes = hex(first_words);
  bytes.resize(size);
  return bytes;
}

TEST(NtpHeader, TakesClientsAndServersOfVersions3And4) {
  const struct {
    const char* name;
    std::vector<std::byte> bytes;
    bool is_ntp;
  } cases[] = {
      {"version 4, client", packet("23 00 00 00"), true},
      {"version 3, server", packet("1c 02 00 00"), true},
      {"with a key digest", packet("23", 68), true},
      {"an extension that is no word", packet("23", 51), false},
      {"version 2", packet("13"), false},
      {"version 7", packet("3b"), false},
      {"a control message", packet("26", 12), false},
      {"cut short", packet("23", 44), false},
      {"empty", {}, false},
  };
  for (const auto& c : cases) EXPECT_EQ(Header::parse(c.bytes).has_value(), c.is_ntp) << c.name;
}

TEST(NtpParser, KeywordsSeeTheHeader) {
  Flow flow;
  NtpParser parser;
  const auto bytes = packet("24 02 00 00 00000000 00000000 4c4f434c");
  (void)parser.feed({.flow = flow, .direction = Direction::kToClient, .bytes = bytes, .time = {}});
  (void)parser.feed(
      {.flow = flow, .direction = Direction::kToClient, .bytes = hex("00"), .time = {}});
  ASSERT_EQ(parser.transactions().size(), 1u);
  Transaction& tx = *parser.transactions()[0];
  const auto ask = [&](std::string_view name, std::string_view argument) {
    return ask_keyword(kNtpKeywords, name, argument, tx, Direction::kToClient);
  };
  EXPECT_EQ(ask("ntp.version", ">3"), "yes");
  EXPECT_EQ(ask("ntp.stratum", "<2"), "no");
  EXPECT_EQ(ask("ntp.mode", "Server"), "yes");
  EXPECT_EQ(ask("ntp.mode", "!4"), "no");
  EXPECT_EQ(ask("ntp.mode", "waiter"), "refused");
  EXPECT_EQ(read_buffer(kNtpBuffers, "ntp.reference_id", flow, tx), "[LOCL]");
}

}  // namespace
}  // namespace culvert::ntp
