#include "match/single_pattern_matcher.h"

namespace culvert {
namespace {

/// How common a byte is in what is inspected, roughly: HTTP, DNS names, HTML, little-endian
/// numbers.
int commonness(std::uint8_t byte, bool nocase) {
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
  return rank;
}

}  // namespace

SinglePatternMatcher::SinglePatternMatcher(std::string_view pattern, bool nocase)
    : pattern_(nocase ? ascii_lower(pattern) : std::string(pattern)), nocase_(nocase) {
  const auto byte_at = [this](std::size_t i) { return static_cast<std::uint8_t>(pattern_[i]); };
  const auto rarer = [&](std::size_t a, std::size_t b) {
    return commonness(byte_at(a), nocase) < commonness(byte_at(b), nocase);
  };
  std::size_t first = 0, second = pattern_.size() > 1 ? 1 : 0;
  if (rarer(second, first)) std::swap(first, second);
  for (std::size_t i = 2; i < pattern_.size(); ++i) {
    if (rarer(i, first)) {
      second = first;
      first = i;
    } else if (rarer(i, second)) {
      second = i;
    }
  }
  near_ = std::min(first, second);
  far_ = std::max(first, second);
  near_byte_ = byte_at(near_);
  far_byte_ = byte_at(far_);
  near_fold_ = nocase && is_ascii_letter(near_byte_) ? 0x20 : 0;
  far_fold_ = nocase && is_ascii_letter(far_byte_) ? 0x20 : 0;
}

}  // namespace culvert
