#include "protocols/dns/dns_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "protocols/dns/dns_detect.h"
#include "protocols/dns/dns_testing.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::dns {
namespace {

/// "0:request a.example; 1:response b" of what the parser holds.
std::string described(const AppParser& parser) {
  std::string text;
  for (const Transaction* base : parser.transactions()) {
    const auto& transaction = static_cast<const DnsTransaction&>(*base);
    text += std::to_string(transaction.id) + (transaction.is_response() ? ":response" : ":request");
    for (const Record& query : transaction.message.records(Section::kQuery)) {
      NameText name;
      transaction.message.name(query.name, name);
      text += " " + std::string(as_text(name.bytes()));
    }
    text += ";";
  }
  return text;
}

ParseStatus feed(AppParser& parser, Bytes bytes, Direction direction = Direction::kToServer) {
  Flow flow;
  return parser.feed({.flow = flow, .direction = direction, .bytes = bytes, .time = {}});
}

const auto kQuery = MessageBuilder().query("a.example");
const auto kResponse =
    MessageBuilder(0x8180, {.queries = 1, .answers = 1}).query("b").record("b", 1, hex("0a000001"));

TEST(DnsUdpParser, MakesOneTransactionAMessage) {
  DnsUdpParser parser;
  EXPECT_EQ(feed(parser, kQuery.bytes()), ParseStatus::kDone);
  EXPECT_EQ(feed(parser, hex("1234"), Direction::kToClient), ParseStatus::kDone);
  EXPECT_EQ(feed(parser, kResponse.bytes(), Direction::kToClient), ParseStatus::kDone);
  EXPECT_EQ(described(parser), "0:request a.example;1:response b;");
  EXPECT_EQ(parser.transaction_count(), 2u);

  const Transaction& query = *parser.transactions()[0];
  EXPECT_EQ(query.progress[0], 1);
  EXPECT_EQ(query.progress[1], 1);
  EXPECT_FALSE(query.inspected[index_of(Direction::kToServer)]);
  EXPECT_TRUE(query.inspected[index_of(Direction::kToClient)]);
}

TEST(DnsUdpParser, ReusesTransactions) {
  DnsUdpParser parser;
  (void)feed(parser, MessageBuilder(0x0140).query("z").bytes());
  Transaction* const first = parser.transactions()[0];
  EXPECT_FALSE(first->events.empty());
  parser.free_transaction(first);
  EXPECT_TRUE(parser.transactions().empty());
  (void)feed(parser, kQuery.bytes());
  ASSERT_EQ(parser.transactions().size(), 1u);
  EXPECT_EQ(parser.transactions()[0], first);
  EXPECT_EQ(described(parser), "1:request a.example;");
  EXPECT_TRUE(parser.transactions()[0]->events.empty());
}

TEST(DnsParser, AResponseStaysOutOfTheLogWithItsRequest) {
  DnsUdpParser parser;
  static_cast<void>(feed(parser, MessageBuilder().query("a.example").bytes()));
  parser.transactions()[0]->logged = ~std::uint64_t{0};  // as `config: logging disable` does
  parser.free_transaction(parser.transactions()[0]);
  EXPECT_FALSE(parser.is_idle());  // it waits for the response
  for (const std::uint64_t expected : {~std::uint64_t{0}, std::uint64_t{0}}) {
    static_cast<void>(feed(parser, kResponse.bytes(), Direction::kToClient));
    EXPECT_EQ(parser.transactions()[0]->logged, expected);
    EXPECT_TRUE(parser.is_idle());
    parser.free_transaction(parser.transactions()[0]);
  }
}

TEST(DnsParser, RaisesEvents) {
  const std::pair<std::vector<std::byte>, Event> cases[] = {
      {MessageBuilder(0x0140).query("a").bytes(), Event::kZFlagSet},
      {MessageBuilder(0x3900).query("a").bytes(), Event::kInvalidOpcode},
      {MessageBuilder().raw_query(hex("01 61 c00c")).bytes(), Event::kTooManyLabels},
      {MessageBuilder().raw_query(hex("01 61 c00c")).bytes(), Event::kNameTooLong},
      {MessageBuilder(0x0100, {.authorities = 1}).query("a").bytes(), Event::kInvalidAuthorities},
      {MessageBuilder(0x0100, {.additionals = 1}).query("a").bytes(), Event::kInvalidAdditionals},
  };
  for (const auto& [bytes, event] : cases) {
    DnsUdpParser parser;
    (void)feed(parser, bytes);
    ASSERT_EQ(parser.transactions().size(), 1u);
    EXPECT_TRUE(parser.transactions()[0]->events.has(static_cast<std::uint8_t>(event)))
        << kEventNames[static_cast<std::size_t>(event)];
  }
}

TEST(DnsTcpParser, AnySplitGivesTheSameTransactions) {
  const auto stream = concat({kQuery.framed(), kResponse.framed(), kQuery.framed()});
  for_each_chop(stream, [&](const std::vector<Bytes>& pieces) {
    DnsTcpParser parser;
    ParseStatus status = ParseStatus::kDone;
    for (const Bytes piece : pieces) status = feed(parser, piece);
    EXPECT_EQ(status, ParseStatus::kDone);
    EXPECT_EQ(described(parser), "0:request a.example;1:response b;2:request a.example;");
    EXPECT_TRUE(parser.is_idle());
  });
}

TEST(DnsTcpParser, FindsBackAfterAGap) {
  DnsTcpParser parser;
  Flow flow;
  EXPECT_EQ(feed(parser, Bytes(kQuery.framed()).first(9)), ParseStatus::kNeedMore);
  EXPECT_FALSE(parser.is_idle());
  EXPECT_EQ(
      parser.gap({.flow = flow, .direction = Direction::kToServer, .bytes = {}, .time = {}}, 100),
      ParseStatus::kNeedMore);
  EXPECT_EQ(feed(parser, text_bytes("tail of a lost message")), ParseStatus::kNeedMore);
  EXPECT_EQ(feed(parser, kQuery.framed()), ParseStatus::kDone);
  EXPECT_EQ(described(parser), "0:request a.example;");
}

TEST(DnsTcpParser, GivesUpOnMessagesThatAreNone) {
  DnsTcpParser parser;
  EXPECT_EQ(feed(parser, hex("0003 010203")), ParseStatus::kMalformed);
  EXPECT_EQ(feed(parser, kQuery.framed()), ParseStatus::kMalformed);
}

TEST(DnsDetect, ProbesTheFirstBytes) {
  const auto up = Direction::kToServer;
  const auto down = Direction::kToClient;
  EXPECT_EQ(probe_udp(up, kQuery.bytes()), ProbeResult::kYes);
  EXPECT_EQ(probe_udp(down, kResponse.bytes()), ProbeResult::kYes);
  EXPECT_EQ(probe_udp(up, kResponse.bytes()), ProbeResult::kYesReversed);
  EXPECT_EQ(probe_udp(up, hex("0102030405060708090a0b0c0d0e")), ProbeResult::kNo);
  EXPECT_EQ(probe_tcp(up, kQuery.framed()), ProbeResult::kYes);
  EXPECT_EQ(probe_tcp(up, Bytes(kQuery.framed()).first(14)), ProbeResult::kYes);
  EXPECT_EQ(probe_tcp(up, Bytes(kQuery.framed()).first(13)), ProbeResult::kNeedMore);
  EXPECT_EQ(probe_tcp(up, text_bytes("GET / HTTP/1.1\r\n")), ProbeResult::kNo);
  EXPECT_EQ(probe_mdns(up, kResponse.bytes()), ProbeResult::kYes);
}

}  // namespace
}  // namespace culvert::dns
