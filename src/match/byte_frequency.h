// How common a byte is in what is inspected, roughly: HTTP, DNS names, HTML, little-endian numbers.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/ascii_case.h"

namespace culvert {

namespace internal {

constexpr std::uint8_t find_commonness(std::uint8_t byte, bool nocase) {
  constexpr std::string_view kLetters = "etaoinsrlcdhumpgbfywvkxjqz";
  int rank = 20;
  const std::uint8_t lower = ascii_lower(byte);
  if (byte == 0x00) {
    rank = 100;
  } else if (byte == ' ' || byte == '.' || byte == '/') {
    rank = 85;
  } else if (is_ascii_letter(byte)) {
    rank = 95 - 2 * static_cast<int>(kLetters.find(static_cast<char>(lower)));
    if (byte != lower) rank = nocase ? rank : rank - 35;
    if (nocase) rank += 15;
  } else if (byte >= '0' && byte <= '9') {
    rank = 60;
  } else if (byte == '\r' || byte == '\n' || byte == '=' || byte == '-' || byte == '"' ||
             byte == 0xff || byte == 0x01) {
    rank = 55;
  } else if (byte > 0x20 && byte < 0x7f) {
    rank = 35;
  }
  return static_cast<std::uint8_t>(rank);
}

constexpr auto make_commonness(bool nocase) {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = find_commonness(static_cast<std::uint8_t>(i), nocase);
  }
  return table;
}
inline constexpr std::array<std::uint8_t, 256> kCommonness[] = {make_commonness(false),
                                                                make_commonness(true)};

}  // namespace internal

/// The higher, the more common; `nocase`: in either case.
constexpr int byte_commonness(std::uint8_t byte, bool nocase) {
  return internal::kCommonness[nocase ? 1 : 0][byte];
}

}  // namespace culvert
