// The header of IKE, the same in versions 1 (RFC 2408 section 3.1) and 2 (RFC 7296 section 3.1):
//
//   0                8                16            17         18        19     20          24
//   initiator's SPI  responder's SPI  next payload  mj|mn      exchange  flags  message id  length
//
// and of a payload:
//
//   next payload (1), critical or reserved (1), length with these 4 (2), body
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/byte_cursor.h"
#include "base/bytes.h"

namespace culvert::ike {

using Spi = std::array<std::byte, 8>;

struct Header {
  static constexpr std::size_t kSize = 28;
  static constexpr std::uint8_t kEncrypted = 1;       ///< flag, version 1
  static constexpr std::uint8_t kInitiator = 1 << 3;  ///< flag, version 2

  Spi initiator{}, responder{};
  std::uint8_t next = 0;  ///< type of the first payload
  std::uint8_t major = 0, minor = 0;
  std::uint8_t exchange = 0;
  std::uint8_t flags = 0;
  std::uint32_t message_id = 0;
  std::uint32_t length = 0;  ///< of the message, with the header

  bool is_encrypted() const { return (flags & kEncrypted) != 0; }
  bool is_of_initiator() const { return (flags & kInitiator) != 0; }

  /// Nothing when it is shorter, or of another version.
  static std::optional<Header> parse(ByteCursor& in);
};

/// One after the other, as each says what the next one is.
class PayloadChain {
 public:
  PayloadChain(std::uint8_t first, Bytes bytes) : next_(first), in_(bytes) {}

  /// Of the payload that next() would read; 0: it was the last.
  std::uint8_t type() const { return next_; }
  bool has_more() const { return next_ != 0 && !in_.empty(); }
  /// Its body; nothing when its length does not fit.
  std::optional<Bytes> next();

 private:
  std::uint8_t next_;
  ByteCursor in_;
};

/// As EVE and buffers have SPIs and vendors: "e47a591f".
std::string hex_of(Bytes bytes);

}  // namespace culvert::ike
