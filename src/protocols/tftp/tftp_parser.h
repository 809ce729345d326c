// TFTP requests, RFC 1350 section 5: opcode (2 bytes), file name, 0, mode, 0, options (RFC 2347).
#pragma once

#include <optional>
#include <string_view>

#include "app/message_parser.h"
#include "base/arena.h"

namespace culvert::tftp {

struct Request {
  bool is_write = false;
  std::string_view file;  ///< may be empty
  std::string_view mode;  ///< "netascii", "mail" or "octet", as our constant: in lower case

  /// Views the datagram. Nothing when it is no request with a mode that there is.
  static std::optional<Request> parse(Bytes datagram);
};

struct TftpTransaction final : MessageTransaction {
  Request request;  ///< `file` lives in the arena
  Arena arena{128};
};

class TftpParser final : public MessageParser {
 public:
  ParseStatus feed(const AppInput& input) override;
};

}  // namespace culvert::tftp
