#include "protocols/ike/ike_header.h"

#include <algorithm>
#include <string_view>

namespace culvert::ike {
namespace {

constexpr std::size_t kPayloadHeaderSize = 4;

Spi take_spi(ByteCursor& in) {
  Spi spi{};
  const Bytes bytes = in.take(spi.size());
  std::ranges::copy(bytes, spi.begin());
  return spi;
}

}  // namespace

std::optional<Header> Header::parse(ByteCursor& in) {
  Header header;
  header.initiator = take_spi(in);
  header.responder = take_spi(in);
  header.next = in.u8();
  const std::uint8_t version = in.u8();
  header.major = version >> 4;
  header.minor = version & 0xf;
  header.exchange = in.u8();
  header.flags = in.u8();
  header.message_id = in.u32();
  header.length = in.u32();
  if (!in.ok() || (header.major != 1 && header.major != 2) || header.length < kSize) {
    return std::nullopt;
  }
  return header;
}

std::optional<Bytes> PayloadChain::next() {
  next_ = in_.u8();
  in_.skip(1);
  const std::size_t length = in_.u16();
  if (length < kPayloadHeaderSize) return std::nullopt;
  const Bytes body = in_.take(length - kPayloadHeaderSize);
  if (!in_.ok()) return std::nullopt;
  return body;
}

std::string hex_of(Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<std::size_t>(byte) >> 4];
    text += kDigits[std::to_integer<std::size_t>(byte) & 0xf];
  }
  return text;
}

}  // namespace culvert::ike
