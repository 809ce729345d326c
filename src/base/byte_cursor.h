// The checked way to read fields off packet memory.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

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
  // The usual widths are one load each.
  std::uint8_t u8() {
    const Bytes field = take(1);
    return field.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(field[0]);
  }
  std::uint16_t u16() { return load<std::uint16_t, std::endian::big>(); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(read(3)); }
  std::uint32_t u32() { return load<std::uint32_t, std::endian::big>(); }
  std::uint64_t u64() { return load<std::uint64_t, std::endian::big>(); }

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
  std::uint16_t u16_little() { return load<std::uint16_t, std::endian::little>(); }
  std::uint32_t u32_little() { return load<std::uint32_t, std::endian::little>(); }

 private:
  template <class Number, std::endian kOrder>
  Number load() {
    const Bytes field = take(sizeof(Number));
    if (field.empty()) return 0;
    Number value = 0;
    std::memcpy(&value, field.data(), sizeof value);
    if constexpr (kOrder != std::endian::native) {
      if constexpr (sizeof(Number) == 2) value = __builtin_bswap16(value);
      if constexpr (sizeof(Number) == 4) value = __builtin_bswap32(value);
      if constexpr (sizeof(Number) == 8) value = __builtin_bswap64(value);
    }
    return value;
  }

  Bytes rest_;
  bool ok_ = true;
};

}  // namespace culvert
