// What scans of short values have found lately. Clients and servers say the same again and again:
// User-Agent, Host, Accept, Server, the names of their header fields, types. What a prefilter has
// found in such bytes it finds in them again, so that comparing takes the place of searching.
//
//   "Mozilla/5.0 (X11; ..."  -- hash -->  tag  { more of the hash, size }       a small table
//                                           |    equal: seen before
//                                           v
//                                         value { source, what was found, the bytes }
//                                                all equal: known;  else: searched
//
// What is remembered may be less than what was found: rules that these bytes rule out are left out.
// A value is remembered when it comes the second time, and makes room when others come in its place
// more often. Values that are hardly ever the same (targets, cookies) are soon looked up only now
// and then, so that who sends others each time gains nothing.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"

namespace culvert {

/// Of one worker. Memory is taken once: half a kilobyte a value, 1 MB in all. Neither allocates nor
/// throws after that.
class RecentScans {
 public:
  /// Bytes of what is remembered; fewer are searched as fast as they are compared.
  static constexpr std::size_t kShortest = 8, kLongest = 480;
  static constexpr std::size_t kMostFound = 7;
  static constexpr std::size_t kValues = 2048;

  explicit RecentScans(std::uint64_t seed) : seed_(seed) {}

  /// Forgets all. `sources`: how many numbers there are.
  void reset(std::size_t sources) {
    tags_.assign(kValues, Tag{});
    values_.resize(kValues);
    luck_.assign(sources, 0);
  }

  /// Calls on_found(number) for each number that scan(note) notes by note(number); or, when it had
  /// the same bytes before, for each that narrow(number, keep) kept of it by keep(number).
  /// `source`: number of what is searched for.
  template <class Scan, class Narrow, class OnFound>
  void scan(std::uint16_t source, Bytes bytes, Scan&& scan, Narrow&& narrow, OnFound&& on_found) {
    if (bytes.size() < kShortest || bytes.size() > kLongest || !is_worth_it(source)) {
      return scan(on_found);
    }
    const std::uint64_t hash = hash_of(source, bytes);
    Tag& tag = tags_[hash % kValues];
    const auto check = static_cast<std::uint32_t>(hash >> 32);
    if (tag.check != check || tag.size != bytes.size()) {
      --luck_[source];
      if (tag.lives != 0) {
        --tag.lives;
      } else {
        tag = {check, static_cast<std::uint16_t>(bytes.size()), 0, kUnknown};
      }
      return scan(on_found);
    }
    Value& value = values_[hash % kValues];
    if (tag.count != kUnknown) {
      if (value.source != source ||
          std::memcmp(value.bytes.data(), bytes.data(), bytes.size()) != 0) {
        return scan(on_found);
      }
      luck_[source] = static_cast<std::int16_t>(std::min(luck_[source] + kGain, int{kLucky}));
      tag.lives = kMostLives;
      for (const std::uint32_t number : std::span(value.found).first(tag.count)) on_found(number);
      return;
    }
    std::size_t count = 0;
    const auto keep = [&](std::uint32_t number) {
      if (count < kMostFound) value.found[count] = number;
      ++count;
    };
    scan([&](std::uint32_t number) {
      on_found(number);
      narrow(number, keep);
    });
    if (count > kMostFound) return;  // searched each time
    tag.count = static_cast<std::uint8_t>(count);
    tag.lives = 1;
    value.source = source;
    std::memcpy(value.bytes.data(), bytes.data(), bytes.size());
  }

 private:
  struct Tag {
    std::uint32_t check = 0;  ///< more of the hash
    std::uint16_t size = 0;   ///< of the value; at first none
    std::uint8_t lives = 0;   ///< so many others pass before one of them takes its place
    std::uint8_t count = 0;   ///< of what was found, or kUnknown
  };
  struct alignas(64) Value {
    std::uint16_t source;
    std::array<std::uint32_t, kMostFound> found;
    std::array<std::byte, kLongest> bytes;
  };
  static_assert(sizeof(Tag) == 8 && sizeof(Value) == 512);

  static constexpr std::uint8_t kUnknown = 0xff;
  static constexpr std::uint8_t kMostLives = 4;
  /// What is found saves as much as so many vain look-ups cost.
  static constexpr std::int16_t kGain = 8;
  /// More of those than kLucky beyond what was gained, and a source is let alone.
  static constexpr std::int16_t kLucky = 64;
  /// For so many scans.
  static constexpr std::int16_t kPause = 1024;

  /// In halves, which the core hashes side by side.
  std::uint64_t hash_of(std::uint16_t source, Bytes bytes) const {
    const std::size_t half = bytes.size() / 2;
    return hash_bytes(bytes.first(half), seed_ + source) ^
           hash_bytes(bytes.subspan(half), ~seed_ - source);
  }

  bool is_worth_it(std::uint16_t source) {
    std::int16_t& luck = luck_[source];
    if (luck > -kLucky) return true;
    if (--luck > -kLucky - kPause) return false;
    luck = 0;
    return true;
  }

  std::uint64_t seed_;
  std::vector<Tag> tags_;
  std::vector<Value> values_;
  std::vector<std::int16_t> luck_;  ///< by source: above -kLucky: looked up
};

}  // namespace culvert
