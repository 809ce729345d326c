// Words of the control connection.
#pragma once

#include <optional>
#include <string_view>

#include "protocols/ftp/ftp_types.h"

namespace culvert::ftp {

/// The first known command in a line, in any case and wherever it stands: as the reference does,
/// which so sees PWD in XPWD. `name` is then as RFC 959 spells it; what follows as many bytes and
/// one more is its data.
struct CommandWord {
  Command command = Command::kUnknown;
  std::string_view name;  ///< as sent when it is unknown
  std::string_view data;  ///< the rest of the line
  bool has_data = false;
};
CommandWord parse_command(std::string_view line);
/// "RETR", for the commands that open a data connection.
std::string_view name_of(Command command);

struct PortArgument {
  IpAddress address;
  std::uint16_t port = 0;
};
/// "192,168,0,13,234,10" (RFC 959 section 4.1.2).
std::optional<PortArgument> parse_port(std::string_view text);
/// "|1|132.235.1.2|6275|" or "|2|1080::8:800:200C:417A|5282|" (RFC 2428 section 2).
std::optional<PortArgument> parse_eprt(std::string_view text);
/// "Entering Passive Mode (192,168,0,1,10,20)".
std::optional<PortArgument> parse_pasv_reply(std::string_view text);
/// "Entering Extended Passive Mode (|||58612|)" (RFC 2428 section 3).
std::optional<std::uint16_t> parse_epsv_reply(std::string_view text);

}  // namespace culvert::ftp
