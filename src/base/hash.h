// A fast, seeded hash for tables whose keys come from the wire. Not cryptographic; the seed is
// random per process, so that nobody can prepare keys that collide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace culvert {

/// Folds a 64x64-bit product, the mixing step of the wyhash family.
constexpr std::uint64_t mix64(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Hash of `bytes` under `seed`.
inline std::uint64_t hash_bytes(Bytes bytes, std::uint64_t seed) {
  constexpr std::uint64_t kA = 0x9e3779b97f4a7c15u, kB = 0xe7037ed1a0b428dbu;
  std::uint64_t hash = seed ^ kA;
  while (bytes.size() >= 16) {
    std::uint64_t low = 0, high = 0;
    std::memcpy(&low, bytes.data(), 8);
    std::memcpy(&high, bytes.data() + 8, 8);
    hash = mix64(low ^ kB, high ^ hash);
    bytes = bytes.subspan(16);
  }
  std::uint64_t low = 0, high = bytes.size();
  if (bytes.size() > 8) {
    std::memcpy(&low, bytes.data(), 8);
    std::uint64_t tail = 0;
    std::memcpy(&tail, bytes.data() + 8, bytes.size() - 8);
    high ^= tail << 8;
  } else if (!bytes.empty()) {
    std::memcpy(&low, bytes.data(), bytes.size());
  }
  return mix64(mix64(low ^ kB, high ^ hash), kA);
}

/// A random seed from the system, for one table or process.
std::uint64_t random_seed();

}  // namespace culvert
