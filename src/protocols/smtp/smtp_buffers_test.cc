#include "protocols/smtp/smtp_buffers.h"

#include <gtest/gtest.h>

#include "event/json_writer.h"
#include "protocols/smtp/smtp_eve.h"
#include "protocols/smtp/smtp_testing.h"
#include "protocols/text/keyword_testing.h"

namespace culvert::smtp {
namespace {

constexpr const char* kMail =
    "s 220 mx\nc EHLO cl\ns 250 ok\nc MAIL FROM:<a>\ns 250 ok\nc RCPT TO:<r1>\ns 250 ok\n"
    "c RCPT TO:<r2>\ns 250 ok\nc DATA\ns 354 go\nc From: f\nc From: second\nc Subject: s\n"
    "c To: t1, t2\nc Cc: c\nc Date: d\nc Message-ID: <m>\nc X-Mailer: x\nc Received: one\n"
    "c Received: two\nc \nc http://u.example/ http://v.example/ .\nc .\ns 250 ok\n";

TEST(SmtpBuffers, GiveEnvelopeAndHeaders) {
  Dialogue dialogue;
  dialogue.run(kMail);
  const std::pair<const char*, const char*> cases[] = {
      {"smtp.helo", "[cl]"},
      {"smtp.mail_from", "[<a>]"},
      {"smtp.rcpt_to", "[<r1>][<r2>]"},
      {"email.from", "[f]"},
      {"email.subject", "[s]"},
      {"email.to", "[t1, t2]"},
      {"email.cc", "[c]"},
      {"email.date", "[d]"},
      {"email.message_id", "[<m>]"},
      {"email.x_mailer", "[x]"},
      {"email.received", "[one][two]"},
      {"email.url", "[u.example/][v.example/]"},
  };
  const Transaction& tx = *dialogue.parser.transactions().at(0);
  for (const auto& [name, expected] : cases) {
    EXPECT_EQ(read_buffer(kSmtpBuffers, name, dialogue.flow, tx), expected) << name;
  }
}

TEST(SmtpEve, WritesEnvelopeAndMail) {
  Dialogue dialogue;
  dialogue.run(kMail);
  JsonWriter json;
  json.begin_object();
  write_metadata(dialogue.flow, *dialogue.parser.transactions().at(0), json);
  json.end_object();
  EXPECT_EQ(json.text(),
            "{\"smtp\":{\"helo\":\"cl\",\"mail_from\":\"<a>\",\"rcpt_to\":[\"<r1>\",\"<r2>\"]},"
            "\"email\":{\"from\":\"f\",\"to\":[\"t1\",\"t2\"],\"cc\":[\"c\"],"
            "\"status\":\"PARSE_DONE\",\"url\":[\"v.example/\",\"u.example/\"]}}");
}

}  // namespace
}  // namespace culvert::smtp
