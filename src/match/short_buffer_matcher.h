// Which of many byte strings occur in a short buffer: a header field, a name, a datagram. There a
// call of Vectorscan costs more for setting out than for searching; this sets out for nothing.
//
// Each pattern is filed under four of its bytes, rare ones if it has a choice; what is shorter,
// under its first two. A scan notes, without a branch, each place of the buffer where by a filter
// of a few bits a pattern those bytes may be, and then looks what is filed there:
//
//   buffer   ...  h t t p : / / e v i l ...      letters folded to lower case
//   four                    / / e v  ->  "://evil" and "//ev" are filed here: compared whole
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "match/multi_pattern_matcher.h"
#include "match/pattern_report.h"

namespace culvert {

/// Immutable; any number of threads may scan. About 80 bytes a pattern.
class ShortBufferMatcher {
 public:
  /// Bytes, beyond which MultiPatternMatcher is the faster; for one scan in place of two or three,
  /// beyond the second.
  static constexpr std::size_t kLongest = 64, kLongestForMany = 256;
  /// As many patterns it can file.
  static constexpr std::size_t kMostPatterns = 0xfffe;

  /// Of any ids, which it reports. REQUIRES: at most kMostPatterns.
  explicit ShortBufferMatcher(std::span<const BytePattern> patterns);
  explicit ShortBufferMatcher(const PatternSet& patterns)
      : ShortBufferMatcher(patterns.patterns()) {}

  /// Calls on_match(PatternId) for each pattern that occurs in `data`, at least once. Any size is
  /// right; see kLongest. Neither allocates nor throws.
  template <class OnMatch>
  void scan(Bytes data, OnMatch&& on_match) const {
    scan_for(data, PatternReport(on_match));
  }

 private:
  struct Entry {
    std::uint32_t key, mask;  ///< four folded bytes from `place`; of short patterns, fewer count
    std::uint32_t text;       ///< where in texts_ the pattern begins
    PatternId id;
    std::uint8_t size;
    std::uint8_t place;  ///< of the four in the pattern
    bool nocase;
    bool is_last;  ///< of its slot
  };
  /// What a scan found last: patterns of few different bytes, as zeros, are found again and again.
  struct Recent {
    std::array<PatternId, 4> ids{~PatternId{0}, ~PatternId{0}, ~PatternId{0}, ~PatternId{0}};
    std::size_t next = 0;

    bool has(PatternId id) const {
      return id == ids[0] || id == ids[1] || id == ids[2] || id == ids[3];
    }
    void add(PatternId id) { ids[next++ % ids.size()] = id; }
  };
  /// Entries by a hash of the bytes that they are filed under.
  struct Index {
    unsigned shift = 31;
    std::vector<std::uint16_t> heads;  ///< by slot: 1 + the first of its entries; 0: none

    bool empty() const { return heads.empty(); }
    void resize(std::size_t patterns);
    std::uint16_t head(std::uint32_t hash) const { return heads[hash >> shift]; }
    void place(std::vector<std::vector<Entry>>& slots, std::vector<Entry>& entries);
  };

  void scan_for(Bytes data, PatternReport report) const;
  void add_to_filter(const Entry& entry);
  std::size_t note_places(const std::uint8_t* bytes, std::size_t count, std::uint8_t* places) const;
  void look(std::uint16_t head, std::uint32_t four, Bytes data, std::size_t at, Recent& recent,
            PatternReport report) const;
  void hold(const Entry& entry, Bytes data, std::size_t at, Recent& recent,
            PatternReport report) const;
  bool is_there(const Entry& entry, Bytes data, std::size_t at) const;
  bool holds_byte(const Entry& single, Bytes data) const;
  void file_long(Entry entry, std::vector<std::vector<Entry>>& slots) const;

  /// By a hash of two bytes: which kinds of bytes (tail_kind()) come after them in a pattern, a bit
  /// for each kind.
  std::vector<std::uint16_t> filter_;
  unsigned filter_shift_ = 31;
  Index long_;   ///< patterns of four bytes or more
  Index short_;  ///< of two or three
  std::vector<Entry> entries_;
  std::vector<Entry> singles_;  ///< of one
  std::string texts_;
};

}  // namespace culvert
