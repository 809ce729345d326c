// Dialogues for tests of SMTP.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/smtp/smtp_parser.h"

namespace culvert::smtp {

/// "c text" and "s text": what client and server say, each with CR LF.
struct Dialogue {
  explicit Dialogue(const SmtpOptions& options = kDefaults) : parser(options) {}
  ParseStatus say(Direction direction, Bytes bytes) {
    return parser.feed({.flow = flow, .direction = direction, .bytes = bytes, .time = {}});
  }
  ParseStatus run(std::string_view lines) {
    ParseStatus status = ParseStatus::kDone;
    while (!lines.empty() && status != ParseStatus::kMalformed) {
      const std::string_view line = lines.substr(0, lines.find('\n'));
      lines.remove_prefix(std::min(line.size() + 1, lines.size()));
      const std::string text = std::string(line.substr(2)) + "\r\n";
      status = say(line[0] == 'c' ? Direction::kToServer : Direction::kToClient, as_bytes(text));
    }
    return status;
  }
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

  static inline const SmtpOptions kDefaults{};
  Flow flow;
  SmtpParser parser;
};

}  // namespace culvert::smtp
