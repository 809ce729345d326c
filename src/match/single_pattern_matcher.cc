#include "match/single_pattern_matcher.h"

#include "match/byte_frequency.h"

namespace culvert {

SinglePatternMatcher::SinglePatternMatcher(std::string_view pattern, bool nocase)
    : pattern_(nocase ? ascii_lower(pattern) : std::string(pattern)), nocase_(nocase) {
  const auto byte_at = [this](std::size_t i) { return static_cast<std::uint8_t>(pattern_[i]); };
  const auto rarer = [&](std::size_t a, std::size_t b) {
    return byte_commonness(byte_at(a), nocase) < byte_commonness(byte_at(b), nocase);
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
