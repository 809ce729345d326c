#include "protocols/tftp/tftp_parser.h"

#include "base/byte_cursor.h"
#include "rule/value.h"

namespace culvert::tftp {

std::optional<Request> Request::parse(Bytes datagram) {
  ByteCursor in(datagram);
  const std::uint16_t opcode = in.u16();
  if (opcode != 1 && opcode != 2) return std::nullopt;
  const std::string_view text = as_text(in.rest());
  const std::size_t name_end = text.find('\0');
  if (name_end == text.npos) return std::nullopt;
  const std::string_view rest = text.substr(name_end + 1);
  const std::size_t mode_end = rest.find('\0');
  if (mode_end == rest.npos) return std::nullopt;
  for (const std::string_view mode : {"netascii", "mail", "octet"}) {
    if (!equals_ignoring_case(rest.substr(0, mode_end), mode)) continue;
    return Request{.is_write = opcode == 2, .file = text.substr(0, name_end), .mode = mode};
  }
  return std::nullopt;
}

ParseStatus TftpParser::feed(const AppInput& input) {
  const auto request = Request::parse(input.bytes);
  if (!request || is_full()) return ParseStatus::kDone;
  auto transaction = std::make_unique<TftpTransaction>();
  transaction->request = *request;
  transaction->request.file = transaction->arena.copy(request->file);
  add(std::move(transaction), input);
  return ParseStatus::kDone;
}

}  // namespace culvert::tftp
