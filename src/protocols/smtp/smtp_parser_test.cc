#include "protocols/smtp/smtp_parser.h"

#include <gtest/gtest.h>

#include "protocols/smtp/smtp_testing.h"
#include "testing/chop.h"

namespace culvert::smtp {
namespace {

constexpr const char* kHello = "s 220 mx\nc EHLO cl\ns 250-mx\ns 250 PIPELINING\n";
const std::string kEnvelope = "c MAIL FROM:<a> SIZE=1\ns 250 ok\nc RCPT TO: <r>\ns 250 ok\n";
const std::string kMessage = "c DATA\ns 354 go\nc Subject: one\nc \nc body\nc .\ns 250 ok\n";

TEST(SmtpParser, MakesOneTransactionAMail) {
  const struct {
    const char* name;
    std::string lines;
    const char* expected;
  } cases[] = {
      {"greeting only", "s 220 mx\n", ""},
      {"mail", kEnvelope + kMessage + "c QUIT\ns 221 bye\n", "0 2/2 cl <a> <r> one "},
      {"two mails", kEnvelope + kMessage + kEnvelope + kMessage,
       "0 2/2 cl <a> <r> one | 1 2/2 cl <a> <r> one "},
      {"no reply yet", kEnvelope + "c DATA\ns 354 go\nc Subject: x\nc \nc .\n",
       "0 2/1 cl <a> <r> x "},
      {"message is awaited", kEnvelope + "c DATA\n", "0 1/0 cl <a> <r> "},
      {"quit only", "c QUIT\ns 221 bye\n", "0 2/2 cl "},
      {"reset", kEnvelope + "c RSET\ns 250 ok\nc MAIL FROM:<b>\n",
       "0 2/2 cl <a> <r> | 1 0/0 cl <b> "},
      {"reset of nothing", kEnvelope + kMessage + "c RSET\ns 250 ok\n", "0 2/2 cl <a> <r> one "},
      {"EHLO within a mail", kEnvelope + "c EHLO x\ns 250 ok\nc MAIL FROM:<b>\n",
       "0 2/2 cl <a> <r> !DUPLICATE_FIELDS | 1 0/0 cl <b> "},
      {"EHLO refused", kEnvelope + "c EHLO x\ns 501 no\n" + kMessage,
       "0 2/2 cl <a> <r> one !DUPLICATE_FIELDS "},
      {"sender twice", kEnvelope + "c MAIL FROM:<b>\n", "0 0/0 cl <a> <r> !DUPLICATE_FIELDS "},
      {"DATA refused", kEnvelope + "c DATA\ns 554 no\nc NOOP\ns 250 ok\nc QUIT\ns 221 bye\n",
       "0 2/2 cl <a> <r> !DATA_COMMAND_REJECTED "},
      {"DATA again", kEnvelope + "c DATA\ns 554 no\n" + kMessage,
       "0 2/2 cl <a> <r> one !DATA_COMMAND_REJECTED !UNPARSABLE_CONTENT "},
      {"message before 354", kEnvelope + "c DATA\nc Subject: x\nc \nc .\ns 354 go\ns 250 ok\n",
       "0 2/2 cl <a> <r> x !INVALID_PIPELINED_SEQUENCE "},
      {"pipelined replies",
       "c MAIL FROM:<a>\nc RCPT TO:<r>\nc DATA\ns 250 ok\ns 250 ok\ns 354 go\n"
       "c Subject: x\nc \nc .\nc MAIL FROM:<b>\ns 250 ok\ns 250 ok\n",
       "0 2/2 cl <a> <r> x | 1 0/0 cl <b> "},
      {"TLS refused", "c STARTTLS\ns 454 no\n", "0 0/0 cl !TLS_REJECTED "},
      {"unknown code", "c NOOP\ns 299 what\n", "0 2/2 cl !INVALID_REPLY "},
      {"no code", "c NOOP\ns hello\n", "0 2/2 cl !INVALID_REPLY "},
      {"spare reply", "s 250 spare\n" + kEnvelope, "0 0/0 cl <a> <r> "},
      {"wrong BDAT", "c BDAT x\nc BDAT 5 FOO\nc BDAT 99999999999\n", "0 0/0 cl !INVALID_BDAT "},
      {"empty BDAT", kEnvelope + "c BDAT 0 LAST\ns 250 ok\n", "0 2/2 cl <a> <r> "},
      {"BDAT",
       kEnvelope + "c BDAT 12\nc Subject: x\ns 250 ok\nc BDAT 7 LAST\nc \nc 12345\n" +
           "s 250 ok\nc MAIL FROM:<b>\n",
       nullptr},
  };
  for (const auto& c : cases) {
    Dialogue dialogue;
    dialogue.run(kHello + c.lines);
    if (c.expected != nullptr) {
      EXPECT_EQ(dialogue.described(),
                std::string(c.lines == "s 220 mx\n" ? "0 0/0 cl " : c.expected))
          << c.name;
    } else {
      EXPECT_EQ(dialogue.described(), "0 2/2 cl <a> <r> x | 1 0/0 cl <b> ") << c.name;
    }
  }
}

TEST(SmtpParser, ReplyThatEndsAMailIsNothingNewOfTheClient) {
  Dialogue dialogue;
  dialogue.run(kHello + kEnvelope + "c RSET\n");
  Transaction& mail = *dialogue.parser.transactions().front();
  mail.updated[0] = mail.updated[1] = false;
  dialogue.run("s 250 ok\n");
  EXPECT_EQ(mail.progress[0], kComplete);
  EXPECT_FALSE(mail.updated[0]);
  EXPECT_TRUE(mail.updated[1]);
  dialogue.run("c QUIT\n");  // begins no mail: goes with the last one
  EXPECT_TRUE(mail.updated[0]);
}

TEST(SmtpParser, TellsWhenNobodyWelcomed) {
  Dialogue dialogue;
  dialogue.run("c HELO cl\ns 250 ok\nc NOOP\ns 250 ok\n");
  EXPECT_EQ(dialogue.described(), "0 0/0 cl !NO_SERVER_WELCOME_MESSAGE ");
}

TEST(SmtpParser, StartTlsChangesTheProtocol) {
  Dialogue dialogue;
  dialogue.run(std::string(kHello) + "c STARTTLS\n");
  EXPECT_EQ(dialogue.parser.wishes.change_to, AppProto::kUnknown);
  dialogue.run("s 220 go\n");
  EXPECT_EQ(dialogue.parser.wishes.change_to, AppProto::kTls);
  EXPECT_EQ(dialogue.described(), "0 2/2 cl ");
}

TEST(SmtpParser, CommandsShowTheStreamToRules) {
  const std::pair<const char*, bool> rows[] = {
      {"c EHLO cl\r\n", true},
      {"c MAIL FROM:<a>\r\n", true},
      {"c RCPT TO:<b>\r\n", true},
      {"c DATA\r\n", true},
      {"s 354 go\r\n", false},
      {"c Subject: x\r\n", false},
      {"c \r\nbody\r\n", false},
      {"c .\r\n", false},
      {"s 250 ok\r\n", false},
      {"c MAIL FR", false},
      {"c OM:<a>\r\n", true},
      {"c RCPT TO:<b>\r\n", true},
      {"c DATA\r\n", true},
      {"s 250 ok\r\n250 ok\r\n354 go\r\n", false},
      {"c x\r\n.\r\nQUIT\r\n", true},
      {"c BDAT 8\r\nS: x\r\n", true},
      {"c \r\n", false},
      {"c BDAT 2 LAST\r\nab", true},
  };
  Dialogue dialogue;
  dialogue.run(kHello);
  for (const auto& [text, shown] : rows) {
    dialogue.parser.wishes.show_stream = false;
    dialogue.say(text[0] == 'c' ? Direction::kToServer : Direction::kToClient, as_bytes(text + 2));
    EXPECT_EQ(dialogue.parser.wishes.show_stream, shown) << text;
  }
}

TEST(SmtpParser, AnySplitGivesTheSame) {
  const std::string client =
      "EHLO cl\r\nMAIL FROM:<a>\r\nBDAT 14\r\nSubject: x\r\n\r\nBDAT 3 LAST\r\nabcNOOP\r\n"
      "MAIL FROM:<b>\r\nRCPT TO:<c>\r\nDATA\r\nSubject: y\r\n\r\n.x\r\n.\r\nQUIT\r\n";
  for_each_chop(as_bytes(client), [&](const auto& pieces) {
    Dialogue dialogue;
    dialogue.run("s 220 mx\n");
    for (const Bytes piece : pieces) dialogue.say(Direction::kToServer, piece);
    EXPECT_EQ(dialogue.described(),
              "0 2/0 cl <a> x | 1 2/0 cl <b> <c> y !INVALID_PIPELINED_SEQUENCE ");
  });
}

TEST(SmtpParser, LongLinesAreCut) {
  Dialogue dialogue;
  dialogue.run(std::string(kHello) + "c NOOP " + std::string(9000, 'x') + "\ns 250 " +
               std::string(9000, 'y') + "\nc MAIL FROM:<a>\n");
  EXPECT_EQ(dialogue.described(), "0 0/0 cl <a> !TRUNCATED_LINE ");
}

TEST(SmtpParser, GapEndsParsing) {
  Dialogue dialogue;
  dialogue.run(kHello + kEnvelope);
  const AppInput input{
      .flow = dialogue.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}};
  EXPECT_EQ(dialogue.parser.gap(input, 10), ParseStatus::kMalformed);
  EXPECT_EQ(dialogue.described(), "0 2/2 cl <a> <r> ");
}

TEST(SmtpParser, LineInHandIsLookedAtWhereTheDepthCutsIt) {
  Dialogue talk;
  talk.run("s 220 hi\nc HELO c\ns 250 ok\nc MAIL FROM:<a>\ns 250 ok\nc DATA\ns 354 go\nc \n");
  talk.say(Direction::kToServer, as_bytes("see http://example.org/front"));
  ASSERT_EQ(talk.parser.transactions().size(), 1u);
  const auto& tx = static_cast<const SmtpTransaction&>(*talk.parser.transactions()[0]);
  EXPECT_TRUE(tx.mail.urls.empty());
  talk.parser.cut(Direction::kToClient);
  EXPECT_TRUE(tx.mail.urls.empty());
  talk.parser.cut(Direction::kToServer);
  ASSERT_EQ(tx.mail.urls.size(), 1u);
  EXPECT_LT(tx.progress[0], kComplete);  // its record waits for the end of the connection
}

TEST(SmtpParser, TransactionsAreBounded) {
  SmtpOptions options;
  options.max_transactions = 4;
  Dialogue dialogue(options);
  std::string lines = kHello;
  for (int i = 0; i < 6; ++i) lines += kEnvelope + kMessage;
  EXPECT_EQ(dialogue.run(lines), ParseStatus::kMalformed);
  EXPECT_EQ(dialogue.parser.transactions().size(), 4u);
  while (!dialogue.parser.transactions().empty()) {
    dialogue.parser.free_transaction(dialogue.parser.transactions().back());
  }
  EXPECT_TRUE(dialogue.parser.recycle());
  dialogue.run(kHello + kEnvelope);
  EXPECT_EQ(dialogue.described(), "4 0/0 cl <a> <r> ");
}

TEST(SmtpCommands, KnowReplyCodes) {
  const std::pair<const char*, bool> cases[] = {{"250 ok", true}, {"250", true},
                                                {"354-", true},   {"25", false},
                                                {"299 x", false}, {"x50 y", false}};
  for (const auto& [line, valid] : cases) {
    EXPECT_EQ(parse_reply_code(line).has_value(), valid) << line;
  }
}

}  // namespace
}  // namespace culvert::smtp
