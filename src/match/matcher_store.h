// Makes the matchers of a rule set: equal pattern sets share one, the rest are read from a cache on disk
// or compiled on all cores. Compiling is most of the time it takes to load rules, and rules change little
// from one start to the next.
//
//   const auto made = make_matchers(sets, {.folder = "/var/cache/culvert"});
//   made.matchers[i]   // of sets[i]; shared
//
// A file of the cache is named by a hash of the patterns and the library's version:
//
//     "CVMC0001"  8 bytes
//     key        32 bytes, as in the name
//     size        8 bytes, big endian: of what follows the checksum
//     checksum   16 bytes: a hash of what follows
//     matcher     MultiPatternMatcher::serialize()
//
// What does not fit in any of these (cut short, changed, of another program, version or CPU) is compiled
// anew and written over. Files are written beside their place and renamed, so that a reader sees all or
// nothing. Whoever may write to the folder may change what rules match: it belongs to the operator.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "match/multi_pattern_matcher.h"

namespace culvert {

struct MatcherCacheOptions {
  std::string folder = {};  ///< empty: no cache; made when it is not there
  /// Files that no run has used for that long go; 0: they stay.
  std::chrono::seconds max_age{0};
  std::size_t min_patterns = 9;  ///< smaller sets have no database
  unsigned threads = 0;  ///< to compile with; 0: as many as there are cores
};

struct MadeMatchers {
  std::vector<std::shared_ptr<const MultiPatternMatcher>> matchers;  ///< by set; null: an error
  std::vector<Error> errors;
  std::string cache_complaint;  ///< why nothing could be written, or empty
  std::uint32_t shared = 0, from_cache = 0, compiled = 0;
  std::uint32_t unusable = 0;  ///< files that were there, and of no use
};

/// Control path. Single patterns of files that cannot be compiled are errors; the others are made.
MadeMatchers make_matchers(std::span<const PatternSet* const> sets, const MatcherCacheOptions& options);

}  // namespace culvert
