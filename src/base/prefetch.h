// Asks for memory ahead of time.
#pragma once

namespace culvert {

/// Starts loading the cache line at `address`, which need not be valid. The empty asm says that
/// something happens here: GCC 12 takes a function that does nothing but prefetch for one without
/// effect, and leaves out its calls (objdump -d shows it).
inline void prefetch(const void* address) {
  asm volatile("");
  __builtin_prefetch(address, 1);
}

}  // namespace culvert
