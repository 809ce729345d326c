#include "protocols/ntp/ntp_parser.h"

#include <algorithm>

#include "base/byte_cursor.h"

namespace culvert::ntp {
namespace {

constexpr std::size_t kHeaderSize = 48;

}  // namespace

std::optional<Header> Header::parse(Bytes datagram) {
  if (datagram.size() < kHeaderSize || datagram.size() % 4 != 0) return std::nullopt;
  ByteCursor in(datagram);
  const std::uint8_t first = in.u8();
  Header header;
  header.version = first >> 3 & 7u;
  header.mode = first & 7u;
  if (header.version != 3 && header.version != 4) return std::nullopt;
  header.stratum = in.u8();
  in.skip(2 + 4 + 4);
  std::ranges::copy(in.take(4), header.reference_id.begin());
  return header;
}

ParseStatus NtpParser::feed(const AppInput& input) {
  const auto header = Header::parse(input.bytes);
  if (!header || is_full()) return ParseStatus::kDone;
  auto transaction = std::make_unique<NtpTransaction>();
  transaction->header = *header;
  add(std::move(transaction), input);
  return ParseStatus::kDone;
}

}  // namespace culvert::ntp
