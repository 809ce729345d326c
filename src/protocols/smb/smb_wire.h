// What messages of both versions have in common on the wire.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace culvert::smb {

/// Seconds since 1970 of a FILETIME, MS-DTYP section 2.3.3; 0 for what is before.
inline std::uint32_t seconds_of(std::uint64_t time) {
  constexpr std::uint64_t kTicks = 10'000'000, kFrom1601To1970 = 11'644'473'600;
  const std::uint64_t seconds = time / kTicks;
  return seconds < kFrom1601To1970 ? 0 : static_cast<std::uint32_t>(seconds - kFrom1601To1970);
}

/// `size` bytes at `offset` of a message; none if they are not all there.
inline Bytes part(Bytes message, std::size_t offset, std::size_t size) {
  if (offset > message.size() || size > message.size() - offset) return {};
  return message.subspan(offset, size);
}

}  // namespace culvert::smb
