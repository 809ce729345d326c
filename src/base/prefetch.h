// Asks for memory ahead of time.
#pragma once

#include <cstddef>

namespace culvert {

/// Starts loading the cache line at `address`, which need not be valid. The empty asm says that
/// something happens here: GCC 12 takes a function that does nothing but prefetch for one without
/// effect, and leaves out its calls (objdump -d shows it).
inline void prefetch(const void* address) {
  asm volatile("");
  __builtin_prefetch(address, 1);
}

/// The cache lines of `size` bytes; of an object that does not begin one, perhaps not the last.
inline void prefetch_bytes(const void* address, std::size_t size) {
  constexpr std::size_t kCacheLine = 64;
  const char* const begin = static_cast<const char*>(address);
  for (std::size_t at = 0; at < size; at += kCacheLine) prefetch(begin + at);
}

}  // namespace culvert
