// The checked way to read fields off packet memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace culvert {

/// Reads big-endian fields off packet memory, never past its end. A read that does not fit gives
/// zero and spoils the cursor for good: read a whole header, then ask ok(); a loop asks every turn.
/// Views the memory it was given.
class ByteCursor {
 public:
  explicit ByteCursor(Bytes data) : rest_(data) {}

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  std::size_t size() const { return rest_.size(); }
  Bytes rest() const { return rest_; }

  /// The next `size` bytes, or none if there are fewer.
  Bytes take(std::size_t size) {
    ok_ = ok_ && size <= rest_.size();
    const Bytes head = ok_ ? rest_.first(size) : Bytes{};
    rest_ = ok_ ? rest_.subspan(size) : Bytes{};
    return head;
  }
  void skip(std::size_t size) { take(size); }

  /// A number of `width` bytes, 1..8, most significant first (network order).
  std::uint64_t read(std::size_t width) {
    std::uint64_t value = 0;
    for (const std::byte b : take(width)) value = value << 8 | std::to_integer<std::uint64_t>(b);
    return value;
  }
  std::uint8_t u8() { return static_cast<std::uint8_t>(read(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(read(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(read(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(read(4)); }
  std::uint64_t u64() { return read(8); }

  /// The same, least significant byte first.
  std::uint64_t read_little(std::size_t width) {
    std::uint64_t value = 0;
    std::size_t shift = 0;
    for (const std::byte b : take(width)) {
      value |= std::to_integer<std::uint64_t>(b) << shift;
      shift += 8;
    }
    return value;
  }
  std::uint16_t u16_little() { return static_cast<std::uint16_t>(read_little(2)); }
  std::uint32_t u32_little() { return static_cast<std::uint32_t>(read_little(4)); }

 private:
  Bytes rest_;
  bool ok_ = true;
};

}  // namespace culvert
