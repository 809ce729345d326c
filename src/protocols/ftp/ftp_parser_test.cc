#include "protocols/ftp/ftp_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/expected_flows.h"

namespace culvert::ftp {
namespace {

struct Session {
  explicit Session(FtpOptions of = {}) : options(of), parser(options) {
    parser.use(AppServices{.expected = &expected}, flow);
  }
  ParseStatus say(Direction direction, std::string_view text) {
    return parser.feed({.flow = flow, .direction = direction, .bytes = as_bytes(text), .time = {}});
  }
  ParseStatus client(std::string_view text) { return say(Direction::kToServer, text); }
  ParseStatus server(std::string_view text) { return say(Direction::kToClient, text); }
  std::string told() const {
    std::string all;
    for (const Transaction* each : parser.transactions()) {
      const auto& ftp = static_cast<const FtpTransaction&>(*each);
      all += std::string(ftp.name) + "(" + std::string(ftp.data) + ")";
      for (const auto code : ftp.codes) all += " " + std::string(code);
      for (const auto reply : ftp.replies) all += " '" + std::string(reply) + "'";
      all += ftp.done ? "." : "?";
    }
    return all;
  }
  FtpOptions options;
  Flow flow;
  ExpectedFlows expected;
  FtpParser parser;
};

TEST(FtpParser, AnySplitGivesTheSameTransactions) {
  constexpr std::string_view kServer = "220 hello\r\n";
  constexpr std::string_view kClient = "USER a\r\nPORT 1,2,3,4,5,6\r\nRETR f\r\n";
  constexpr std::string_view kReplies = "331 b\r\n200 ok\r\n150 go\r\n226-well\r\n done\r\n226 end\r\n";
  constexpr std::string_view kExpected =
      "() 220 'hello'.USER(a) 331 'b'.PORT(1,2,3,4,5,6) 200 'ok'."
      "RETR(f) 150 226 'go' '226-well' ' done' 'end'.";
  for (std::size_t cut = 0; cut <= kReplies.size(); ++cut) {
    Session session;
    session.server(kServer);
    const std::size_t half = std::min(cut, kClient.size());
    session.client(kClient.substr(0, half));
    session.client(kClient.substr(half));
    session.server(kReplies.substr(0, cut));
    session.server(kReplies.substr(cut));
    EXPECT_EQ(session.told(), kExpected) << cut;
    EXPECT_TRUE(session.expected.any());
  }
}

TEST(FtpParser, PassiveTransfersAreExpected) {
  Session session;
  session.client("PASV\r\n");
  session.server("227 Entering Passive Mode (2,2,2,2,185,13).\r\n");
  EXPECT_FALSE(session.expected.any());
  session.client("STOR a\r\n");
  EXPECT_TRUE(session.expected.any());
  const auto& stor = static_cast<FtpTransaction&>(*session.parser.transactions().back());
  EXPECT_TRUE(stor.events.empty());
  session.client("STOR b\r\n");
  const auto& again = static_cast<FtpTransaction&>(*session.parser.transactions().back());
  EXPECT_TRUE(again.events.has(static_cast<std::uint8_t>(Event::kFileBeforePort)));
}

TEST(FtpParser, RequestIsCompleteBeforeItsReply) {
  Session session;
  session.client("USER a\r\n");
  Transaction& user = *session.parser.transactions().front();
  EXPECT_EQ(user.progress, (std::array<std::uint8_t, 2>{kComplete, kStarted}));
  EXPECT_EQ(user.updated[1], false);
  user.updated[0] = false;
  session.server("331 b\r\n");
  EXPECT_EQ(user.progress, (std::array<std::uint8_t, 2>{kComplete, kComplete}));
  EXPECT_FALSE(user.updated[0]);
  EXPECT_TRUE(user.updated[1]);
}

TEST(FtpParser, AReplyTooManyBelongsToTheLastCommand) {
  Session session;
  session.server("220 hi\r\n");
  ASSERT_EQ(session.parser.transactions().size(), 1u);
  EXPECT_TRUE(session.parser.transactions()[0]->skip_inspection[1]) << "no rule sees a greeting";
  session.client("USER a\r\n");
  session.server("331 b\r\n400 c\r\n");
  EXPECT_EQ(session.told(), "() 220 'hi'.USER(a) 331 400 'b' 'c'.");
  EXPECT_FALSE(session.parser.transactions()[1]->skip_inspection[1]);
}

TEST(FtpParser, TransfersOfNothingAreNamed) {
  for (const std::string_view command : {"RETR", "STOR ", "APPE"}) {
    Session session;
    session.client(std::string(command) + "\r\n");
    const auto& transaction = static_cast<FtpTransaction&>(*session.parser.transactions().back());
    EXPECT_TRUE(transaction.events.has(static_cast<std::uint8_t>(Event::kFileWithoutName)))
        << command;
  }
}

TEST(FtpParser, PreliminaryRepliesAreCapped) {
  Session session;
  session.client("RETR a\r\n");
  const auto& transaction = static_cast<FtpTransaction&>(*session.parser.transactions().back());
  constexpr auto kTooMany = static_cast<std::uint8_t>(Event::kTooManyPreliminaryResponses);
  for (int i = 0; i < 16; ++i) session.server("150 wait\r\n");
  EXPECT_FALSE(transaction.events.has(kTooMany));
  session.server("150 wait\r\n");
  EXPECT_TRUE(transaction.events.has(kTooMany));
  session.server("226 done\r\n");
  EXPECT_EQ(transaction.replies.size(), 17u);
  EXPECT_TRUE(transaction.done);
}

TEST(FtpParser, LongLinesAreCut) {
  Session session({.max_line = 16});
  session.client("RETR " + std::string(100, 'A') + "\r\nNOOP\r\n");
  EXPECT_EQ(session.told(), "RETR(AAAAAAAAAAA)?NOOP()?");
}

TEST(FtpParser, OpenCommandsAreCapped) {
  Session session({.max_transactions = 2});
  EXPECT_EQ(session.client("NOOP\r\nNOOP\r\n"), ParseStatus::kDone);
  EXPECT_EQ(session.client("NOOP\r\n"), ParseStatus::kMalformed);
  EXPECT_EQ(session.parser.transactions().size(), 2u);
}

TEST(FtpParser, GapsEndIt) {
  Session session;
  session.client("USER a\r\n");
  EXPECT_EQ(session.parser.gap({.flow = session.flow,
                                .direction = Direction::kToServer,
                                .bytes = {},
                                .time = {}},
                               7),
            ParseStatus::kMalformed);
  EXPECT_EQ(session.told(), "USER(a).");
}

}  // namespace
}  // namespace culvert::ftp
