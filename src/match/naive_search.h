// The slow and obvious searches: the judges of the fast ones. Tests, fuzz targets, benchmarks only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>

#include "base/ascii_case.h"
#include "base/bytes.h"
#include "match/multi_pattern_matcher.h"

namespace culvert {

/// Offset of the first occurrence in data[from, end), or npos.
inline std::size_t naive_find(std::string_view data, std::string_view pattern, bool nocase,
                              std::size_t from = 0, std::size_t end = std::string_view::npos) {
  for (std::size_t at = from; at + pattern.size() <= std::min(end, data.size()); ++at) {
    const std::string_view there = data.substr(at, pattern.size());
    if (nocase ? ascii_lower(there) == ascii_lower(pattern) : there == pattern) return at;
  }
  return std::string_view::npos;
}

/// What MultiPatternMatcher::scan reports: the end of the first occurrence by id.
inline std::map<PatternId, std::size_t> naive_scan(std::string_view data, const PatternSet& set) {
  std::map<PatternId, std::size_t> found;
  for (const BytePattern& pattern : set.patterns()) {
    const std::size_t at = naive_find(data, pattern.bytes, pattern.nocase);
    if (at != std::string_view::npos) found[pattern.id] = at + pattern.bytes.size();
  }
  return found;
}

}  // namespace culvert
