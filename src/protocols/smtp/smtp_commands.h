// The words of SMTP: commands and reply codes (RFC 5321 section 4.1.1, RFC 3030, 3207, 4954).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace culvert::smtp {

enum class Command : std::uint8_t {
  kOther,
  kHelo,  ///< HELO or EHLO
  kMailFrom,
  kRcptTo,
  kData,
  kBdat,
  kReset,
  kStartTls,
  kQuit,
};

/// What a command line begins with, in any case.
Command command_of(std::string_view line);

/// The argument of HELO, EHLO, MAIL FROM: and RCPT TO:, up to the first white space.
std::string_view argument_of(Command command, std::string_view line);

/// `BDAT size [LAST]` (RFC 3030 section 2).
struct BdatChunk {
  std::uint32_t size = 0;
  bool is_last = false;
};
std::optional<BdatChunk> parse_bdat(std::string_view line);

/// The code of a reply line; nothing when it has none, or one that no server uses.
std::optional<unsigned> parse_reply_code(std::string_view line);

}  // namespace culvert::smtp
