// Which of many byte strings occur in a buffer: the prefilter's engine.
//
// Not Vectorscan: rule sets need a hundred sets of patterns, most of them small, looked for in
// buffers of some dozen bytes. There a call of the library costs more than the search, and
// compiling is most of the time that loading rules takes (1.5 s of 2 for 14,000 rules; this takes
// 0.02).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "match/single_pattern_matcher.h"
#include "match/window_matcher.h"

namespace culvert {

class MultiPatternMatcher;

using PatternId = std::uint32_t;

/// A byte string to look for.
struct BytePattern {
  std::string bytes;  ///< lower case where nocase
  bool nocase = false;
  PatternId id = 0;
};

/// Patterns before they are compiled. Equal patterns share one id, so the caller keeps for each id
/// the list of what waits for it.
class PatternSet {
 public:
  /// The id of a pattern, new or known: 0, 1, 2... in order of first addition. `nocase` ignores
  /// ASCII case. REQUIRES: at least one byte; at most kMaxPatternSize are looked at (see scan()).
  PatternId add(std::string_view bytes, bool nocase);

  std::size_t size() const { return patterns_.size(); }
  const std::vector<BytePattern>& patterns() const { return patterns_; }

 private:
  std::vector<BytePattern> patterns_;
  std::unordered_map<std::string, PatternId> ids_;  ///< 'i' or 's' (the case), then the bytes
};

/// What scanning needs to write to: one for each worker, for all matchers that it was prepared for.
class MatchScratch {
 public:
  /// Makes room for a matcher. Control path, or between batches: allocates.
  void prepare(const MultiPatternMatcher& matcher);

 private:
  friend class MultiPatternMatcher;
  std::vector<std::uint64_t> found_;     ///< a bit for each pattern; all zero between scans
  std::vector<std::uint32_t> reported_;  ///< those set
};

/// An immutable compiled set of patterns. Any number of threads may scan, each with its scratch.
class MultiPatternMatcher {
 public:
  /// Longer patterns are searched by their first bytes only.
  static constexpr std::size_t kMaxPatternSize = 255;

  /// An empty set is fine and finds nothing. About a microsecond a pattern.
  explicit MultiPatternMatcher(const PatternSet& patterns);
  MultiPatternMatcher() = default;

  /// Calls on_match(PatternId, std::size_t end) once for each pattern that occurs in `data`, where
  /// `end` is the offset just after its first occurrence; in no particular order. Does not
  /// allocate. REQUIRES: `scratch` was prepared for this matcher.
  template <class OnMatch>
  void scan(Bytes data, MatchScratch& scratch, OnMatch&& on_match) const {
    if (data.size() < shortest_) return;
    for (const Single& single : singles_) {
      const std::size_t at = single.matcher.find(data);
      if (at != SinglePatternMatcher::kNotFound) on_match(single.id, at + single.matcher.size());
    }
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(data.data());
    for (const WindowMatcher& each : by_window_) {
      each.scan(data, [&](const WindowMatcher::Window& window, std::size_t place) {
        const Pattern& pattern = patterns_[window.pattern];
        if (place < window.offset || data.size() - (place - window.offset) < pattern.size) return;
        std::uint64_t& word = scratch.found_[window.pattern / 64];
        const std::uint64_t bit = std::uint64_t{1} << (window.pattern % 64);
        if ((word & bit) != 0 || !equals(bytes + place - window.offset, pattern)) return;
        word |= bit;
        scratch.reported_.push_back(window.pattern);
        on_match(pattern.id, place - window.offset + pattern.size);
      });
    }
    for (const std::uint32_t pattern : scratch.reported_) scratch.found_[pattern / 64] = 0;
    scratch.reported_.clear();
  }

  std::size_t size() const { return size_; }  ///< patterns
  std::size_t memory_bytes() const;

 private:
  friend class MatchScratch;
  struct Single {
    SinglePatternMatcher matcher;
    PatternId id;
  };
  struct Pattern {
    std::uint32_t begin = 0;  ///< in bytes_
    std::uint8_t size = 0;
    bool nocase = false;
    PatternId id = 0;
  };
  bool equals(const std::uint8_t* at, const Pattern& pattern) const {
    const char* const wanted = bytes_.data() + pattern.begin;
    if (!pattern.nocase) return std::memcmp(at, wanted, pattern.size) == 0;
    for (std::size_t i = 0; i < pattern.size; ++i) {
      if (ascii_lower(at[i]) != static_cast<std::uint8_t>(wanted[i])) return false;
    }
    return true;
  }

  std::size_t size_ = 0;
  std::size_t shortest_ = ~std::size_t{0};  ///< pattern: what is shorter needs no scan
  std::vector<Single> singles_;             ///< searched one by one
  std::vector<WindowMatcher> by_window_;    ///< by width, the rest
  std::vector<Pattern> patterns_;           ///< of by_window_
  std::string bytes_;                       ///< theirs
};

}  // namespace culvert
