// Words of configuration without regard to case.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace culvert {

constexpr char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}
/// With ASCII letters in lower case.
inline std::string lowered(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return lowered(c); });
  return result;
}

}  // namespace culvert
