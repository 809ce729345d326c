#include "rule/value.h"

#include <algorithm>
#include <charconv>

#include "base/ascii_case.h"

namespace culvert {
namespace {


/// A magnitude without sign, decimal or 0x.
bool parse_magnitude(std::string_view text, std::uint64_t& value) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0' && ascii_lower(text[1]) == 'x') {
    base = 16;
    text.remove_prefix(2);
  }
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value, base);
  return failure == std::errc{} && stop == end && !text.empty();
}

std::string not_a_number(std::string_view text, const std::string& lowest,
                         const std::string& highest) {
  return "'" + std::string(text) + "' is not a whole number from " + lowest + " to " + highest;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::vector<std::string_view> split_list(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(trim(text.substr(0, end)));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  for (text = trim(text); !text.empty(); text = trim(text)) {
    const auto* const end = std::find_if(text.begin(), text.end(), is_blank);
    words.push_back(text.substr(0, static_cast<std::size_t>(end - text.begin())));
    text.remove_prefix(words.back().size());
  }
  return words;
}

bool take_negation(std::string_view& text) {
  text = trim(text);
  if (text.empty() || text.front() != '!') return false;
  text = trim(text.substr(1));
  return true;
}

bool is_word(std::string_view text, std::string_view others) {
  return !text.empty() && std::ranges::all_of(text, [others](char c) {
    return is_ascii_letter(static_cast<std::uint8_t>(c)) || (c >= '0' && c <= '9') ||
           others.find(c) != others.npos;
  });
}

bool take_quotes(std::string_view& text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  return true;
}

std::string unescape(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && can_be_escaped(text[i + 1])) ++i;
    result += text[i];
  }
  return result;
}

std::string escape(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (c == ';' || c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

Result<std::int64_t> parse_integer(std::string_view text, std::int64_t lowest,
                                   std::int64_t highest) {
  const std::string_view all = text;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  std::uint64_t magnitude = 0;
  if (parse_magnitude(text, magnitude) && magnitude <= static_cast<std::uint64_t>(INT64_MAX)) {
    const auto value = static_cast<std::int64_t>(magnitude);
    const std::int64_t result = negative ? -value : value;
    if (result >= lowest && result <= highest) return result;
  }
  return failure(not_a_number(all, std::to_string(lowest), std::to_string(highest)));
}

Result<std::uint64_t> parse_unsigned(std::string_view text, std::uint64_t highest) {
  std::uint64_t value = 0;
  if (parse_magnitude(text, value) && value <= highest) return value;
  return failure(not_a_number(text, "0", std::to_string(highest)));
}

}  // namespace culvert
