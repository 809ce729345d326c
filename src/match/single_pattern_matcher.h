// The first occurrence of one byte string: what a `content` costs once the prefilter let a rule
// through. Mostly short buffers and patterns, so start-up counts as much as bytes a second.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/ascii_case.h"
#include "base/bytes.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace culvert {

/// Searches for one pattern. Sixteen positions at a time are compared at the two bytes of the
/// pattern that are rarest in traffic; where both fit, the whole is compared.
class SinglePatternMatcher {
 public:
  static constexpr std::size_t kNotFound = ~std::size_t{0};

  /// REQUIRES: at least one byte.
  SinglePatternMatcher(std::string_view pattern, bool nocase);

  /// Offset of the first occurrence that begins at `from` or later and lies before `end`.
  std::size_t find(Bytes data, std::size_t from = 0, std::size_t end = kNotFound) const {
    end = std::min(end, data.size());
    if (end < pattern_.size() || from > end - pattern_.size()) return kNotFound;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(data.data());
    return search(bytes, data.size(), from, end - pattern_.size());
  }

  /// Whether the pattern stands at `offset`.
  bool is_at(Bytes data, std::size_t offset) const {
    return offset <= data.size() && data.size() - offset >= pattern_.size() &&
           equals(reinterpret_cast<const std::uint8_t*>(data.data()) + offset);
  }

  std::size_t size() const { return pattern_.size(); }
  bool nocase() const { return nocase_; }
  const std::string& pattern() const { return pattern_; }  ///< lower case where nocase

 private:
  bool equals(const std::uint8_t* at) const {
    if (!nocase_) return std::memcmp(at, pattern_.data(), pattern_.size()) == 0;
    for (std::size_t i = 0; i < pattern_.size(); ++i)
      if (ascii_lower(at[i]) != static_cast<std::uint8_t>(pattern_[i])) return false;
    return true;
  }

  /// Positions from..last (included) of a pattern that fits at `last`; `size` bytes may be read.
  std::size_t search(const std::uint8_t* bytes, std::size_t size, std::size_t from,
                     std::size_t last) const {
#if defined(__SSE2__)
    constexpr std::size_t kStep = 16;
    if (size >= kStep + far_) {
      const __m128i near_byte = _mm_set1_epi8(static_cast<char>(near_byte_));
      const __m128i far_byte = _mm_set1_epi8(static_cast<char>(far_byte_));
      const __m128i near_fold = _mm_set1_epi8(static_cast<char>(near_fold_));
      const __m128i far_fold = _mm_set1_epi8(static_cast<char>(far_fold_));
      for (std::size_t at = from; at <= last; at += kStep) {
        // Near the end of the data, look at the last sixteen positions that can be read and leave
        // those out that were looked at before.
        const std::size_t base = std::min(at, size - kStep - far_);
        const __m128i near_16 = load(bytes + base + near_), far_16 = load(bytes + base + far_);
        const __m128i fits =
            _mm_and_si128(_mm_cmpeq_epi8(_mm_or_si128(near_16, near_fold), near_byte),
                          _mm_cmpeq_epi8(_mm_or_si128(far_16, far_fold), far_byte));
        auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(fits)) >> (at - base);
        for (; mask != 0; mask &= mask - 1) {
          const std::size_t candidate = at + static_cast<std::size_t>(std::countr_zero(mask));
          if (candidate > last) return kNotFound;
          if (equals(bytes + candidate)) return candidate;
        }
      }
      return kNotFound;
    }
#elif defined(__aarch64__)
    constexpr std::size_t kStep = 16;
    if (size >= kStep + far_) {
      const uint8x16_t near_byte = vdupq_n_u8(near_byte_), far_byte = vdupq_n_u8(far_byte_);
      const uint8x16_t near_fold = vdupq_n_u8(near_fold_), far_fold = vdupq_n_u8(far_fold_);
      for (std::size_t at = from; at <= last; at += kStep) {
        const std::size_t base = std::min(at, size - kStep - far_);  // as above
        const uint8x16_t near_16 = vld1q_u8(bytes + base + near_);
        const uint8x16_t far_16 = vld1q_u8(bytes + base + far_);
        const uint8x16_t fits = vandq_u8(vceqq_u8(vorrq_u8(near_16, near_fold), near_byte),
                                         vceqq_u8(vorrq_u8(far_16, far_fold), far_byte));
        // NEON has no movemask: narrowing by a shift leaves four bits a position, of which one stays.
        const uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(fits), 4);
        std::uint64_t mask = vget_lane_u64(vreinterpret_u64_u8(narrow), 0) & 0x8888888888888888u;
        for (mask >>= 4 * (at - base); mask != 0; mask &= mask - 1) {
          const std::size_t candidate = at + static_cast<std::size_t>(std::countr_zero(mask)) / 4;
          if (candidate > last) return kNotFound;
          if (equals(bytes + candidate)) return candidate;
        }
      }
      return kNotFound;
    }
#else
    static_cast<void>(size);
#endif
    for (std::size_t at = from; at <= last; ++at)
      if ((bytes[at + near_] | near_fold_) == near_byte_ && equals(bytes + at)) return at;
    return kNotFound;
  }

#if defined(__SSE2__)
  static __m128i load(const std::uint8_t* at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  }
#endif

  std::string pattern_;
  std::size_t near_ = 0, far_ = 0;  ///< offsets in the pattern of the two bytes, near_ <= far_
  /// A byte of data fits when `(byte | fold) == byte_`; fold is 0x20 for letters that ignore case.
  std::uint8_t near_byte_ = 0, far_byte_ = 0, near_fold_ = 0, far_fold_ = 0;
  bool nocase_ = false;
};

}  // namespace culvert
