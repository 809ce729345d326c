// Cuts a stream of PostgreSQL's protocol into messages (version 3, "Message Formats"):
//
//   type (1) | length with itself (4) | body          what opens a connection has no type
//
// Of a long message the front is given, and the rest passed over, so that memory is bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace culvert::pgsql {

struct RawMessage {
  char type = 0;           ///< 0: it has none
  std::uint64_t size = 0;  ///< of the body, as announced
  Bytes body;              ///< its front; valid until the next call
  bool is_whole() const { return body.size() == size; }
};

/// One direction.
class MessageReader {
 public:
  static constexpr std::size_t kMostHeldBytes = 64 * 1024;

  /// Takes the next message off the front of `bytes`. Nothing: there is none yet, and all bytes are
  /// taken; or is_malformed().
  std::optional<RawMessage> next(Bytes& bytes);
  /// A length that cannot be. It stays so.
  bool is_malformed() const { return is_malformed_; }
  bool is_in_message() const { return skip_ > 0 || (!held_.empty() && !is_given_); }
  /// `missing` bytes will not come. False: a message has lost bytes that matter.
  [[nodiscard]] bool pass_gap(std::size_t missing);

 private:
  std::optional<RawMessage> cut(Bytes& bytes, std::size_t header_size);

  std::vector<std::byte> held_;  ///< front of a message that is cut in two
  std::uint64_t skip_ = 0;       ///< bytes to pass over
  bool is_given_ = false;        ///< what is held was given out
  bool is_malformed_ = false;
};

}  // namespace culvert::pgsql
