// Which of many byte strings a buffer ends in. No search: the last bytes are looked up, so that
// names that end in one of thousands of domains cost as much as with one.
//
//   "evil.com"     w w w . [e v i l . c o m]     the last eight bytes, letters folded: one look-up
//   ".ru"          w w w . e x a m p l e[. r]u   shorter ones: by two or four bytes
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "match/multi_pattern_matcher.h"
#include "match/pattern_report.h"

namespace culvert {

/// Immutable; any number of threads may scan. About 60 bytes a pattern.
class EndMatcher {
 public:
  static constexpr std::size_t kLongest = 0xffff;  ///< pattern

  /// `patterns`: of any size up to kLongest, at least a byte.
  explicit EndMatcher(const std::vector<BytePattern>& patterns);

  /// Calls on_match(PatternId) for each pattern that `data` ends in. Neither allocates nor throws.
  template <class OnMatch>
  void scan(Bytes data, OnMatch&& on_match) const {
    scan_for(data, PatternReport(on_match));
  }

 private:
  static constexpr std::size_t kMostSlots = 32768;  ///< of a table

  struct Entry {
    std::uint64_t key;   ///< its last bytes, folded
    std::uint32_t text;  ///< where in texts_ the pattern begins
    PatternId id;
    std::uint16_t size;
    bool nocase;
    bool is_last;  ///< of its slot
  };
  /// Patterns by their last `width` bytes.
  struct Table {
    std::size_t width;                 ///< 1, 2, 4 or 8
    unsigned shift;                    ///< of a hash, to a slot
    std::vector<std::uint32_t> heads;  ///< by slot: 1 + the first of its entries; 0: none
  };

  void scan_for(Bytes data, PatternReport report) const;
  bool is_there(const Entry& entry, Bytes data) const;

  std::vector<Table> tables_;
  std::vector<Entry> entries_;
  std::string texts_;
};

}  // namespace culvert
