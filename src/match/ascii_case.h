// Case of ASCII letters, whatever the locale: what `nocase` means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace culvert {

constexpr std::uint8_t ascii_lower(std::uint8_t byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<std::uint8_t>(byte | 0x20) : byte;
}
constexpr bool is_ascii_letter(std::uint8_t byte) {
  const auto lower = static_cast<std::uint8_t>(byte | 0x20);
  return lower >= 'a' && lower <= 'z';
}
inline std::string ascii_lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(ascii_lower(static_cast<std::uint8_t>(c)));
  return result;
}

}  // namespace culvert
