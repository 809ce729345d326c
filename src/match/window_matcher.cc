#include "match/window_matcher.h"

#include <algorithm>
#include <bit>

namespace culvert {

WindowMatcher::WindowMatcher(std::vector<Window> windows, std::size_t width)
    : width_(width), is_big_(width > 2 && windows.size() > kManyWindows) {
  const unsigned bits = is_big_ ? kManyBits : kFewBits;
  const std::size_t buckets = std::bit_ceil(std::max<std::size_t>(windows.size(), 2));
  bucket_shift_ = 32 - static_cast<unsigned>(std::countr_zero(buckets));
  filter_.resize(std::size_t{1} << bits);
  first_.resize(buckets + 1);
  for (const Window& window : windows) {
    const std::uint32_t hashed = hash(window.key);
    filter_[hashed >> (32 - bits)] |= bit_of(hashed);
    ++first_[(hashed >> bucket_shift_) + 1];
  }
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  windows_.resize(windows.size());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (const Window& window : windows) windows_[next[hash(window.key) >> bucket_shift_]++] = window;
}

std::size_t WindowMatcher::memory_bytes() const {
  return filter_.capacity() * sizeof(filter_[0]) + first_.capacity() * sizeof(first_[0]) +
         windows_.capacity() * sizeof(windows_[0]);
}

}  // namespace culvert
