// Finds which of many byte strings may begin where, by a window of two, three or four bytes of
// each. The windows are hashed into a filter of bits, which nearly all places of the data fail; a
// place that passes is looked up among the windows themselves, and what they belong to is compared
// whole.
//
// Case of letters is folded in windows, so that one table serves patterns of both kinds.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace culvert {

class WindowMatcher {
 public:
  /// One pattern's window: `offset` bytes into the pattern.
  struct Window {
    std::uint32_t key = 0;  ///< key_of() the bytes
    std::uint32_t pattern = 0;
    std::uint32_t offset = 0;
  };
  static constexpr std::size_t kWidest = 4;

  /// `width` bytes as a number, folded.
  static std::uint32_t key_of(const std::uint8_t* bytes, std::size_t width) {
    std::uint32_t key = 0;
    std::memcpy(&key, bytes, width);
    return key | fold(width);
  }

  /// REQUIRES: all windows are of that width, 2 to kWidest.
  WindowMatcher(std::vector<Window> windows, std::size_t width);
  WindowMatcher() = default;

  bool empty() const { return windows_.empty(); }
  std::size_t memory_bytes() const;

  /// Calls visit(const Window&, std::size_t place) for each window found in the data, by place.
  template <class Visit>
  void scan(Bytes data, Visit&& visit) const {
    if (windows_.empty() || data.size() < width_) return;
    switch (width_) {
      case 2:
        return scan_by<2, kFewBits>(data, visit);
      case 3:
        return is_big_ ? scan_by<3, kManyBits>(data, visit) : scan_by<3, kFewBits>(data, visit);
      default:
        return is_big_ ? scan_by<4, kManyBits>(data, visit) : scan_by<4, kFewBits>(data, visit);
    }
  }

 private:
  /// Size of the filter, as a power of two: 16 KiB, or 128 when there are many windows.
  static constexpr unsigned kFewBits = 14, kManyBits = 17;
  static constexpr std::size_t kManyWindows = 256;

  static constexpr std::uint32_t fold(std::size_t width) {
    return width == 4 ? 0x20202020u : width == 3 ? 0x202020u : 0x2020u;
  }
  static std::uint32_t hash(std::uint32_t key) { return key * 0x9e3779b1u; }
  /// Places that share a byte of the filter are told apart by its bits.
  static std::uint8_t bit_of(std::uint32_t hashed) {
    return static_cast<std::uint8_t>(1u << (hashed >> 4 & 7));
  }

  template <std::size_t kWidth, unsigned kBits, class Visit>
  void scan_by(Bytes data, Visit& visit) const {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(data.data());
    const std::uint8_t* const filter = filter_.data();
    const std::size_t end = data.size() - kWidth + 1;  // one past the last place
    const auto hash_at = [bytes](std::size_t at) {
      std::uint32_t key = 0;  // four bytes are there
      std::memcpy(&key, bytes + at, sizeof(key));
      if constexpr (kWidth != 4) key &= (std::uint32_t{1} << (8 * kWidth)) - 1;
      return hash(key | fold(kWidth));
    };
    std::size_t at = 0;
    constexpr std::size_t kTurn = 4;
    for (; at + kTurn + kWidest - 1 <= data.size(); at += kTurn) {
      const std::uint32_t hashes[kTurn] = {hash_at(at), hash_at(at + 1), hash_at(at + 2),
                                           hash_at(at + 3)};
      const std::uint8_t any = static_cast<std::uint8_t>(
          filter[hashes[0] >> (32 - kBits)] | filter[hashes[1] >> (32 - kBits)] |
          filter[hashes[2] >> (32 - kBits)] | filter[hashes[3] >> (32 - kBits)]);
      if (any == 0) [[likely]]
        continue;
      for (std::size_t i = 0; i < kTurn; ++i) {
        if ((filter[hashes[i] >> (32 - kBits)] & bit_of(hashes[i])) != 0) {
          look_up(bytes, at + i, hashes[i], visit);
        }
      }
    }
    for (; at < end; ++at) {
      const std::uint32_t hashed = hash(key_of(bytes + at, kWidth));
      if ((filter[hashed >> (32 - kBits)] & bit_of(hashed)) != 0) look_up(bytes, at, hashed, visit);
    }
  }
  template <class Visit>
  void look_up(const std::uint8_t* bytes, std::size_t at, std::uint32_t hashed,
               Visit& visit) const {
    const std::uint32_t bucket = hashed >> bucket_shift_;
    const std::uint32_t stop = first_[bucket + 1];
    std::uint32_t i = first_[bucket];
    if (i == stop) return;
    const std::uint32_t key = key_of(bytes + at, width_);
    for (; i != stop; ++i) {
      if (windows_[i].key == key) visit(windows_[i], at);
    }
  }

  std::size_t width_ = 0;
  bool is_big_ = false;
  unsigned bucket_shift_ = 31;
  std::vector<std::uint8_t> filter_;  ///< by the front of the hash: not zero where a window may be
  std::vector<std::uint32_t> first_;  ///< by a shorter front: where its windows begin
  std::vector<Window> windows_;
};

}  // namespace culvert
