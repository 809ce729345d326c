// Which of many byte strings occur in a buffer: the prefilter's engine, on top of Vectorscan.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "match/single_pattern_matcher.h"

struct hs_database;
struct hs_scratch;

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

  /// Names what the set compiles to, for a cache on disk: a hash over all patterns in order and the
  /// library's version. 32 hex digits.
  std::string cache_key() const;

 private:
  std::vector<BytePattern> patterns_;
  std::unordered_map<std::string, PatternId> ids_;  ///< 'i' or 's' (the case), then the bytes
};

/// What scanning needs to write to: one for each worker, for all matchers that it was prepared for.
class MatchScratch {
 public:
  MatchScratch();
  ~MatchScratch();
  MatchScratch(MatchScratch&&) noexcept;
  MatchScratch& operator=(MatchScratch&&) noexcept;

  /// Makes room for a matcher. Control path, or between batches: allocates.
  [[nodiscard]] Result<void> prepare(const MultiPatternMatcher& matcher);

 private:
  friend class MultiPatternMatcher;
  hs_scratch* scratch_ = nullptr;
};

/// An immutable compiled set of patterns. Any number of threads may scan, each with its scratch.
class MultiPatternMatcher {
 public:
  /// Longer patterns are searched by their first bytes only.
  static constexpr std::size_t kMaxPatternSize = 255;

  /// Compiles; about 20 microseconds a pattern. An empty set is fine and finds nothing. Patterns of
  /// one byte are searched one by one: in the database each would cost as much as hundreds of
  /// longer ones. Those of two and three bytes are best left in it
  /// (multi_pattern_matcher_bench.cc). The switch is for that benchmark. A few patterns alone are
  /// searched one by one too, without a database: nothing to compile, and less than what a call of
  /// the library costs.
  [[nodiscard]] static Result<MultiPatternMatcher> compile(const PatternSet& patterns,
                                                           bool single_bytes_apart = true);

  /// To bytes and back, on the same kind of CPU and version of the library; elsewhere, and where
  /// the bytes are damaged, deserialize() says so.
  [[nodiscard]] Result<std::string> serialize() const;
  [[nodiscard]] static Result<MultiPatternMatcher> deserialize(std::string_view bytes);

  MultiPatternMatcher();
  ~MultiPatternMatcher();
  MultiPatternMatcher(MultiPatternMatcher&&) noexcept;
  MultiPatternMatcher& operator=(MultiPatternMatcher&&) noexcept;

  /// Calls on_match(PatternId, std::size_t end) once for each pattern that occurs in `data`, where
  /// `end` is the offset just after its first occurrence; in no particular order. Does not
  /// allocate. REQUIRES: `scratch` was prepared for this matcher.
  template <class OnMatch>
  void scan(Bytes data, MatchScratch& scratch, OnMatch&& on_match) const {
    const auto call = [](void* context, PatternId id, std::size_t end) {
      (*static_cast<std::remove_reference_t<OnMatch>*>(context))(id, end);
    };
    scan_with(data, scratch, call, &on_match);
  }

  std::size_t size() const { return size_; }  ///< patterns
  std::size_t memory_bytes() const;

 private:
  friend class MatchScratch;
  using Callback = void (*)(void* context, PatternId id, std::size_t end);
  struct Single {
    BytePattern pattern;
    SinglePatternMatcher matcher;
  };
  void scan_with(Bytes data, MatchScratch& scratch, Callback call, void* context) const;

  hs_database* database_ = nullptr;  ///< null when all patterns are searched one by one
  std::vector<Single> singles_;
  std::size_t size_ = 0;
  std::size_t shortest_ = ~std::size_t{0};  ///< pattern: what is shorter needs no scan
};

}  // namespace culvert
