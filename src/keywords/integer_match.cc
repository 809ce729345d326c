#include "keywords/integer_match.h"

#include <charconv>
#include <string>

#include "rule/value.h"

namespace culvert {
namespace {

Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t highest,
                                   IntegerMatch::FindWord find_word) {
  std::uint64_t value = 0;
  if (find_word != nullptr) {
    if (const auto found = find_word(text)) return *found;
  }
  std::string_view digits = text;
  int base = 10;
  if (digits.starts_with("0x")) {
    digits.remove_prefix(2);
    base = 16;
  }
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (error == std::errc{} && stop == end && value <= highest) return value;
  return failure("'" + std::string(text) + "' is not a number in 0.." + std::to_string(highest));
}

}  // namespace

Result<IntegerMatch> IntegerMatch::parse(std::string_view text, std::uint64_t highest,
                                         FindWord find_word) {
  text = trim(text);
  IntegerMatch match;
  match.is_negated_ = take_negation(text);
  constexpr auto kMax = ~std::uint64_t{0};

  for (const std::string_view sign : {">=", "<=", ">", "<"}) {
    if (!text.starts_with(sign)) continue;
    if (match.is_negated_) return failure("'!' and '" + std::string(sign) + "' do not go together");
    const auto value = parse_number(trim(text.substr(sign.size())), highest, find_word);
    if (!value) return tl::unexpected(value.error());
    const bool is_open = sign.size() == 1;
    if (sign[0] == '>') {
      match.first_ = *value + (is_open ? 1 : 0);
      match.last_ = kMax;
    } else if (is_open && *value == 0) {
      match.first_ = 1;  // nothing is less than 0
    } else {
      match.last_ = *value - (is_open ? 1 : 0);
    }
    return match;
  }

  if (text.starts_with('=')) {  // `=5`, `!=5`: a sign that changes nothing
    const auto value = parse_number(trim(text.substr(1)), highest, find_word);
    if (!value) return tl::unexpected(value.error());
    match.first_ = match.last_ = *value;
    return match;
  }
  const std::string_view between = text.find("<>") != text.npos ? "<>" : "-";
  const std::size_t at = text.find(between);
  if (at != text.npos && at > 0) {
    const auto low = parse_number(trim(text.substr(0, at)), highest, find_word);
    const auto high = parse_number(trim(text.substr(at + between.size())), highest, find_word);
    if (low && high) {
      if (*low + 1 >= *high) {
        return failure("there is no number between " + std::to_string(*low) + " and " +
                       std::to_string(*high));
      }
      match.first_ = *low + 1;
      match.last_ = *high - 1;
      return match;
    }
    if (between == "<>" || find_word == nullptr) {
      return tl::unexpected(low ? high.error() : low.error());
    }
  }
  const auto value = parse_number(text, highest, find_word);
  if (!value) return tl::unexpected(value.error());
  match.first_ = match.last_ = *value;
  return match;
}

}  // namespace culvert
