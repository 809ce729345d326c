// Numbers as decimal digits, for records of which each has a dozen: std::to_chars of GCC 12 counts
// the digits with divisions and takes three times as long.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace culvert {

/// Digits of the largest number.
inline constexpr std::size_t kMaxDecimalSize = 20;

namespace decimal {

/// "00" to "99".
inline constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

/// Powers of ten; 0 for the first, so that zero has a digit.
inline constexpr auto kPowers = [] {
  std::array<std::uint64_t, kMaxDecimalSize> powers{};
  std::uint64_t power = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = power *= 10;
  return powers;
}();

}  // namespace decimal

/// How many digits.
inline std::size_t decimal_size(std::uint64_t value) {
  // 1233 / 4096 is about the logarithm of two: right, or one too few.
  const auto bits = static_cast<std::size_t>(std::bit_width(value | 1));
  const std::size_t size = bits * 1233 / 4096;
  return size + (value >= decimal::kPowers[size] ? 1 : 0);
}

/// Writes the digits and returns their end. REQUIRES: room for them, at most kMaxDecimalSize.
inline char* put_decimal(char* out, std::uint64_t value) {
  char* const end = out + decimal_size(value);
  char* at = end;
  while (value >= 100) {
    const std::uint64_t rest = value / 100;
    at -= 2;
    std::memcpy(at, &decimal::kPairs[(value - rest * 100) * 2], 2);
    value = rest;
  }
  if (value >= 10) {
    std::memcpy(at - 2, &decimal::kPairs[value * 2], 2);
  } else {
    at[-1] = static_cast<char>('0' + value);
  }
  return end;
}

}  // namespace culvert
