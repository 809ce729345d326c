// Fields of a header whose size was checked: loads in network order, one instruction each. Where
// nothing was checked yet, read with ByteCursor.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace culvert {

/// REQUIRES, for all: the field lies within `bytes`.
inline std::uint8_t load_u8(Bytes bytes, std::size_t at) {
  assert(at < bytes.size());
  return std::to_integer<std::uint8_t>(bytes[at]);
}
inline std::uint16_t load_u16(Bytes bytes, std::size_t at) {
  assert(at + 2 <= bytes.size());
  std::uint16_t value = 0;
  std::memcpy(&value, bytes.data() + at, 2);
  if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap16(value);
  return value;
}
inline std::uint32_t load_u32(Bytes bytes, std::size_t at) {
  assert(at + 4 <= bytes.size());
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, 4);
  if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap32(value);
  return value;
}
inline std::uint32_t load_u24(Bytes bytes, std::size_t at) {
  return std::uint32_t{load_u8(bytes, at)} << 16 | load_u16(bytes, at + 1);
}
inline std::uint64_t load_u64(Bytes bytes, std::size_t at) {
  return std::uint64_t{load_u32(bytes, at)} << 32 | load_u32(bytes, at + 4);
}

}  // namespace culvert
