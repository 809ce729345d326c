// Case of ASCII letters, whatever the locale: what `nocase` means, and how words of rules and of the
// configuration are compared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace culvert {

/// The bit of each byte that the cases of a letter differ in. With it set letters are in lower case,
/// and some other bytes look alike.
inline constexpr std::uint64_t kCaseBits = 0x2020202020202020;

constexpr std::uint8_t ascii_lower(std::uint8_t byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<std::uint8_t>(byte | 0x20) : byte;
}
constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
constexpr bool is_ascii_letter(std::uint8_t byte) {
  const auto lower = static_cast<std::uint8_t>(byte | 0x20);
  return lower >= 'a' && lower <= 'z';
}
inline std::string ascii_lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = ascii_lower(c);
  return result;
}

}  // namespace culvert
