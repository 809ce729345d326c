#include "app/message_parser.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

struct EchoParser final : MessageParser {
  ParseStatus feed(const AppInput& input) override {
    if (!is_full()) add(std::make_unique<MessageTransaction>(), input);
    return ParseStatus::kDone;
  }
};

TEST(MessageParser, MakesTransactionsOfOneDirection) {
  Flow flow;
  EchoParser parser;
  (void)parser.feed({.flow = flow, .direction = Direction::kToClient, .bytes = {}, .time = {}});
  ASSERT_EQ(parser.transactions().size(), 1u);
  Transaction* const tx = parser.transactions()[0];
  EXPECT_TRUE(tx->skip_inspection[index_of(Direction::kToServer)]);
  EXPECT_FALSE(tx->skip_inspection[index_of(Direction::kToClient)]);
  EXPECT_EQ(tx->progress, (std::array<std::uint8_t, 2>{1, 1}));
  parser.free_transaction(tx);
  EXPECT_TRUE(parser.transactions().empty());
  EXPECT_EQ(parser.transaction_count(), 1u);
}

TEST(MessageParser, HoldsSoManyAndNoMore) {
  Flow flow;
  EchoParser parser;
  for (std::size_t i = 0; i < MessageParser::kMostTransactions + 10; ++i) {
    (void)parser.feed({.flow = flow, .direction = Direction::kToServer, .bytes = {}, .time = {}});
  }
  EXPECT_EQ(parser.transactions().size(), MessageParser::kMostTransactions);
}

}  // namespace
}  // namespace culvert
