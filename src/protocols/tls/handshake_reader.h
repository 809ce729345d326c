// Puts handshake messages together. They are a stream of their own inside the records: a message
// may span records, and a record may hold several (RFC 8446 section 5.1).
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/byte_cursor.h"
#include "base/bytes.h"
#include "protocols/tls/tls_types.h"

namespace culvert::tls {

/// One direction's messages: 1 byte type, 3 bytes length, body. Any split of the input gives the
/// same messages; one that arrives whole is not copied. Holds at most kMaxHandshakeSize bytes.
class HandshakeReader {
 public:
  /// Feeds the next bytes of handshake records. on_message(HandshakeType, Bytes body) gets each
  /// message, valid during the call; on_oversized(HandshakeType) says which was too long to keep.
  template <class OnMessage, class OnOversized>
  void feed(Bytes bytes, OnMessage&& on_message, OnOversized&& on_oversized) {
    while (!bytes.empty()) {
      if (skip_ > 0) {
        const std::size_t size = std::min(skip_, bytes.size());
        skip_ -= size;
        bytes = bytes.subspan(size);
        continue;
      }
      if (held_.empty()) {
        bytes = feed_whole(bytes, on_message);
        if (bytes.empty()) return;
      }
      bytes = hold(bytes, kHandshakeHeaderSize);
      if (held_.size() < kHandshakeHeaderSize) return;
      ByteCursor header(held_);
      const auto type = static_cast<HandshakeType>(header.u8());
      const std::size_t length = header.u24();
      if (length > kMaxHandshakeSize) {
        held_.clear();
        skip_ = length;
        on_oversized(type);
        continue;
      }
      bytes = hold(bytes, kHandshakeHeaderSize + length);
      if (held_.size() < kHandshakeHeaderSize + length) return;
      on_message(type, Bytes(held_).subspan(kHandshakeHeaderSize));
      held_.clear();
    }
  }
  /// Forgets a message that has begun: what follows is encrypted, or there is a gap.
  void reset() {
    held_.clear();
    held_.shrink_to_fit();
    skip_ = 0;
  }
  bool in_message() const { return !held_.empty() || skip_ > 0; }

 private:
  /// Hands out messages that are all there; returns what is left.
  template <class OnMessage>
  static Bytes feed_whole(Bytes bytes, OnMessage& on_message) {
    for (;;) {
      ByteCursor in(bytes);
      const auto type = static_cast<HandshakeType>(in.u8());
      const Bytes body = in.take(in.u24());
      if (!in.ok()) return bytes;
      on_message(type, body);
      bytes = in.rest();
      if (bytes.empty()) return bytes;
    }
  }
  /// Fills held_ up to `size` bytes; returns what is left.
  Bytes hold(Bytes bytes, std::size_t size) {
    if (held_.size() >= size) return bytes;
    const std::size_t count = std::min(size - held_.size(), bytes.size());
    held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    return bytes.subspan(count);
  }

  std::vector<std::byte> held_;  ///< front of a message, with its header
  std::size_t skip_ = 0;         ///< rest of a message that is too long
};

}  // namespace culvert::tls
