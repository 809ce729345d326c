#include "protocols/pgsql/message_reader.h"

#include <algorithm>

#include "base/byte_cursor.h"

namespace culvert::pgsql {
namespace {

constexpr std::size_t kLengthSize = 4;

/// A length's first byte is 0 in any message that opens a connection, a type never is.
std::size_t header_size_of(Bytes bytes) {
  return bytes[0] == std::byte{0} ? kLengthSize : 1 + kLengthSize;
}

}  // namespace

std::optional<RawMessage> MessageReader::next(Bytes& bytes) {
  if (is_given_) {
    held_.clear();
    is_given_ = false;
  }
  if (skip_ > 0) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, bytes.size()));
    skip_ -= size;
    bytes = bytes.subspan(size);
  }
  if (is_malformed_ || bytes.empty()) return std::nullopt;
  if (held_.empty()) {
    const Bytes before = bytes;
    if (const auto message = cut(bytes, header_size_of(bytes))) return message;
    if (is_malformed_) return std::nullopt;
    held_.assign(before.begin(), before.end());
    bytes = {};
    return std::nullopt;
  }
  const auto hold_up_to = [&](std::uint64_t wanted) {
    const std::uint64_t missing = wanted > held_.size() ? wanted - held_.size() : 0;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(missing, bytes.size()));
    held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    bytes = bytes.subspan(size);
    return missing == size;
  };
  const std::size_t header_size = header_size_of(held_);
  if (!hold_up_to(header_size)) return std::nullopt;
  ByteCursor header(Bytes(held_).first(header_size));
  header.skip(header_size - kLengthSize);
  const std::uint64_t length = header.u32();
  const std::uint64_t whole = length + header_size - kLengthSize;
  (void)hold_up_to(std::min<std::uint64_t>(whole, kMostHeldBytes));
  Bytes held = held_;
  const auto message = cut(held, header_size);
  is_given_ = message.has_value();
  return message;
}

/// A message of which all is there that is kept.
std::optional<RawMessage> MessageReader::cut(Bytes& bytes, std::size_t header_size) {
  ByteCursor in(bytes);
  RawMessage message;
  if (header_size > kLengthSize) message.type = static_cast<char>(in.u8());
  const std::uint64_t length = in.u32();
  if (!in.ok()) return std::nullopt;
  if (length < kLengthSize) {
    is_malformed_ = true;
    return std::nullopt;
  }
  message.size = length - kLengthSize;
  const std::uint64_t kept = std::min<std::uint64_t>(message.size, kMostHeldBytes - header_size);
  message.body = in.take(static_cast<std::size_t>(kept));
  if (!in.ok()) return std::nullopt;
  skip_ = message.size - kept;
  bytes = in.rest();
  return message;
}

bool MessageReader::pass_gap(std::size_t missing) {
  const bool matters = missing > skip_ || (!held_.empty() && !is_given_);
  skip_ -= std::min<std::uint64_t>(skip_, missing);
  return !matters;
}

}  // namespace culvert::pgsql
