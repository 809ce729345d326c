// Dialogues for tests of SMTP.
#pragma once

#include <string>

#include "app/talk_testing.h"
#include "protocols/smtp/smtp_parser.h"
#include "protocols/smtp/smtp_protocol.h"

namespace culvert::smtp {

struct Dialogue : ParserTalk<kSmtpProtocol, SmtpParser, SmtpTransaction, SmtpOptions> {
  using ParserTalk::ParserTalk;
  /// "0 2/2 cl <a> <r>; subject !EVENT | 1 ..."
  std::string described() const {
    std::string out;
    for (const Transaction* base : parser.transactions()) {
      const auto& tx = static_cast<const SmtpTransaction&>(*base);
      if (!out.empty()) out += "| ";
      out += std::to_string(tx.id) + " " + std::to_string(tx.progress[0]) + "/" +
             std::to_string(tx.progress[1]) + " ";
      if (tx.helo) out += std::string(*tx.helo) + " ";
      if (tx.mail_from) out += std::string(*tx.mail_from) + " ";
      for (const std::string_view to : tx.rcpt_to) out += std::string(to) + " ";
      if (const auto* subject = tx.mail.find("subject")) out += std::string(subject->value) + " ";
      for (std::size_t i = 0; i < std::size(kEventNames); ++i) {
        if (tx.events.has(static_cast<std::uint8_t>(i))) {
          out += "!" + std::string(kEventNames[i]) + " ";
        }
      }
    }
    return out;
  }
};

}  // namespace culvert::smtp
