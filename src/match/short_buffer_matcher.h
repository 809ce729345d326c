// Which of many byte strings occur in a short buffer: a header field, a name, a datagram. There a
// call of Vectorscan costs more for setting out than for searching; this sets out for nothing.
//
// Each pattern is filed under one pair of its bytes, a rare one, and beside it four of its bytes. A
// scan goes through the buffer once, byte by byte, and looks under each pair that it meets:
//
//   buffer   ...  h t t p : / / e v i l ...      letters folded to lower case
//   pair                        e v  ->  "://evil" and "evil." are filed here: compared whole
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "match/ascii_case.h"
#include "match/multi_pattern_matcher.h"

namespace culvert {

/// Immutable; any number of threads may scan. About 60 bytes a pattern.
class ShortBufferMatcher {
 public:
  /// Bytes, beyond which MultiPatternMatcher is the faster.
  static constexpr std::size_t kLongest = 256;
  /// As many patterns it can file.
  static constexpr std::size_t kMostPatterns = 0xfffe;

  /// REQUIRES: at most kMostPatterns.
  explicit ShortBufferMatcher(const PatternSet& patterns);

  /// Calls on_match(PatternId) for each pattern that occurs in `data`, at least once. Any size is
  /// right; see kLongest. Neither allocates nor throws.
  template <class OnMatch>
  void scan(Bytes data, OnMatch&& on_match) const {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(data.data());
    const std::size_t size = data.size();
    for (const Entry& single : singles_) {
      if (holds_byte(single, bytes, size)) on_match(single.id);
    }
    if (heads_.empty() || size < 2) return;
    PatternId last = ~PatternId{0};
    const auto look = [&](std::size_t at, std::uint32_t four) {
      const std::uint16_t head = heads_[slot_of(four)];
      if (head == 0) [[likely]]
        return;
      for (const Entry* entry = &entries_[head - std::size_t{1}];; ++entry) {
        if ((four & entry->mask) == entry->key && entry->id != last &&
            is_there(*entry, bytes, size, at)) {
          last = entry->id;
          on_match(entry->id);
        }
        if (entry->is_last) return;
      }
    };
    std::size_t at = 0;
    for (; at + 4 <= size; ++at) {
      std::uint32_t four;
      std::memcpy(&four, bytes + at, 4);
      look(at, four | kFold);
    }
    for (; at + 2 <= size; ++at) {  // what stands beyond the end is compared with nothing
      std::uint32_t four = 0;
      std::memcpy(&four, bytes + at, size - at);
      look(at, four | kFold);
    }
  }

 private:
  /// Turns letters to lower case, and mixes up some other bytes, which comparing whole sorts out.
  static constexpr std::uint32_t kFold = 0x20202020;
  static constexpr unsigned kPairBits = 16;

  struct Entry {
    std::uint32_t key, mask;  ///< four folded bytes from `place`; of short patterns, fewer count
    std::uint32_t text;       ///< where in texts_ the pattern begins
    PatternId id;
    std::uint8_t size;
    std::uint8_t place;  ///< of the pair in the pattern
    bool nocase;
    bool is_last;  ///< of its slot
  };

  /// Of the pair that comes first in memory, on machines of either byte order.
  std::size_t slot_of(std::uint32_t four) const {
    std::uint16_t pair;
    std::memcpy(&pair, &four, 2);
    return static_cast<std::uint16_t>(pair * 40503u) >> shift_;
  }
  bool is_there(const Entry& entry, const std::uint8_t* bytes, std::size_t size,
                std::size_t at) const {
    if (at < entry.place || size - (at - entry.place) < entry.size) return false;
    return equals(entry, bytes + (at - entry.place));
  }
  bool equals(const Entry& entry, const std::uint8_t* at) const {
    const char* const text = texts_.data() + entry.text;
    if (!entry.nocase) return std::memcmp(at, text, entry.size) == 0;
    for (std::size_t i = 0; i < entry.size; ++i) {
      if (ascii_lower(at[i]) != static_cast<std::uint8_t>(text[i])) return false;
    }
    return true;
  }
  bool holds_byte(const Entry& single, const std::uint8_t* bytes, std::size_t size) const;
  void file(const BytePattern& pattern, std::vector<std::vector<Entry>>& slots);

  unsigned shift_ = kPairBits;
  std::vector<std::uint16_t> heads_;  ///< by slot: 1 + the first of its entries; 0: none
  std::vector<Entry> entries_;
  std::vector<Entry> singles_;  ///< patterns of one byte
  std::string texts_;
};

}  // namespace culvert
