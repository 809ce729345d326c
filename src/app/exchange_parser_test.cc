#include "app/exchange_parser.h"

#include <gtest/gtest.h>

#include "app/transaction_pool.h"

namespace culvert {
namespace {

enum class Event : std::uint8_t { kOdd, kTooMany };

/// '?' begins a transaction, '!' completes the oldest; there are two at the most.
struct AskingParser final : ExchangeParser {
  ParseStatus feed(const AppInput& input) override {
    time_ = input.time;
    for (const char c : as_text(input.bytes)) {
      if (c == '?') (void)begin<Transaction>(2, Event::kTooMany);
      if (c == '!') complete(*transactions_.front());
    }
    return ParseStatus::kDone;
  }
};

struct Asking {
  void say(std::string_view text) {
    (void)parser.feed({.flow = flow,
                       .direction = Direction::kToServer,
                       .bytes = as_bytes(text),
                       .time = make_timestamp(7)});
  }
  Transaction& tx(std::size_t i) { return *parser.transactions().at(i); }
  Flow flow;
  AskingParser parser;
};

using Progress = std::array<std::uint8_t, 2>;

TEST(ExchangeParser, BeginsWithARequestAndEndsWithBoth) {
  Asking asking;
  asking.say("??");
  EXPECT_EQ(asking.tx(1).id, 1u);
  EXPECT_EQ(asking.tx(1).first_seen, make_timestamp(7));
  EXPECT_EQ(asking.tx(0).progress, (Progress{1, 0}));
  asking.tx(0).updated[0] = asking.tx(0).updated[1] = false;
  asking.say("!");
  EXPECT_EQ(asking.tx(0).progress, (Progress{1, 1}));
  EXPECT_TRUE(asking.tx(0).updated[0] && asking.tx(0).updated[1]);
  EXPECT_EQ(asking.tx(1).progress, (Progress{1, 0}));
  asking.parser.finish(Direction::kToClient);
  EXPECT_EQ(asking.tx(1).progress, (Progress{1, 1}));
}

TEST(ExchangeParser, SaysThatThereAreTooMany) {
  Asking asking;
  asking.say("???");
  ASSERT_EQ(asking.parser.transactions().size(), 2u);
  EXPECT_FALSE(asking.tx(0).events.has(1));
  EXPECT_TRUE(asking.tx(1).events.has(1));
  asking.parser.free_transaction(&asking.tx(0));
  asking.say("?");
  EXPECT_EQ(asking.parser.transactions().size(), 2u);
  EXPECT_EQ(asking.tx(1).id, 2u);
}

TEST(Transaction, EventsAreLoggedOnceOrEachTime) {
  Transaction tx;
  const auto logged = [&] { return std::exchange(tx.new_events, {}); };
  tx.raise(Event::kOdd);
  EXPECT_TRUE(logged().has(0));
  tx.raise(Event::kOdd);
  EXPECT_TRUE(logged().empty());
  tx.raise_anew(Event::kOdd);
  EXPECT_TRUE(logged().has(0));
  EXPECT_TRUE(tx.events.has(0));
}

TEST(TransactionPool, GivesWhatItWasGiven) {
  struct Text : Transaction {
    void clear() { words.clear(); }
    std::string words;
  };
  TransactionPool<Text, 1> pool;
  auto first = pool.take(), second = pool.take();
  Text* const kept = first.get();
  first->words = "used";
  pool.give(std::move(first));
  pool.give(std::move(second));
  const auto again = pool.take();
  EXPECT_EQ(again.get(), kept);
  EXPECT_EQ(again->words, "");
}

}  // namespace
}  // namespace culvert
