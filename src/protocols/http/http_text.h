// Small helpers for the text of messages. Case folding is that of ASCII.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/ascii_case.h"

namespace culvert::http1 {

inline bool equal_nocase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return ascii_lower(static_cast<std::uint8_t>(c)); };
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [&](char x, char y) { return x == y || lower(x) == lower(y); });
}
inline bool starts_nocase(std::string_view text, std::string_view front) {
  return text.size() >= front.size() && equal_nocase(text.substr(0, front.size()), front);
}
/// Whether `word` stands anywhere in `text`, in any case.
inline bool contains_nocase(std::string_view text, std::string_view word) {
  for (; text.size() >= word.size(); text.remove_prefix(1)) {
    if (starts_nocase(text, word)) return true;
  }
  return false;
}

/// White space as isspace() has it: space, \t, \n, \v, \f, \r.
constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
/// Linear white space of a line: space and tab.
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Of a hexadecimal digit; -1: it is none.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

inline std::string_view trim_front(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}
inline std::string_view trim_back(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}
inline std::string_view trim(std::string_view text) { return trim_back(trim_front(text)); }

}  // namespace culvert::http1
