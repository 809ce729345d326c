// Bencoding (BEP 3): "4:spam", "i-3e", "l...e", "d...e" with keys in order.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace culvert::bittorrent {

/// Reads values off the front of a view, which must outlive it. What is malformed spoils the
/// reader: it gives empty values, and ok() is false.
class BencodeReader {
 public:
  explicit BencodeReader(Bytes bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  /// Enters a dictionary or a list; at_end() then says, after each value, whether it is over, and
  /// steps behind its "e".
  void enter(char kind);
  bool at_end();

  Bytes string();
  std::int64_t integer();
  /// The next value, whatever it is, as it was written.
  Bytes skip();
  bool next_is_integer() const { return !rest_.empty() && rest_[0] == std::byte{'i'}; }

 private:
  char take();

  Bytes rest_;
  bool ok_ = true;
};

}  // namespace culvert::bittorrent
