// Fast patterns of one kind of buffer, and the rules that each belongs to.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "detect/inspect_item.h"
#include "match/multi_pattern_matcher.h"

namespace culvert {

using RuleList = std::vector<std::uint32_t>;

struct Prefilter {
  MultiPatternMatcher matcher;
  std::vector<std::uint32_t> first;  ///< by pattern id: where its rules begin in `rules`
  std::vector<std::uint32_t> rules;

  bool empty() const { return first.size() <= 1; }
  std::span<const std::uint32_t> rules_of(std::uint32_t pattern) const {
    return std::span(rules).subspan(first[pattern], first[pattern + 1] - first[pattern]);
  }
};

/// Collects the patterns of a Prefilter.
class PrefilterBuilder {
 public:
  void add(const ContentItem& content, std::uint32_t rule) {
    Bytes bytes = content.bytes;
    if (content.fast_pattern.chop_length != 0) {
      bytes = bytes.subspan(content.fast_pattern.chop_offset, content.fast_pattern.chop_length);
    }
    bytes = bytes.first(std::min(bytes.size(), kLongest));
    const PatternId id = patterns_.add(as_text(bytes), content.nocase);
    if (id == rules_.size()) rules_.emplace_back();
    if (rules_[id].empty() || rules_[id].back() != rule) rules_[id].push_back(rule);
  }
  void build(Prefilter& prefilter) const {
    prefilter.matcher = MultiPatternMatcher(patterns_);
    prefilter.first.push_back(0);
    for (const RuleList& rules : rules_) {
      prefilter.rules.insert(prefilter.rules.end(), rules.begin(), rules.end());
      prefilter.first.push_back(static_cast<std::uint32_t>(prefilter.rules.size()));
    }
  }

 private:
  /// More bytes find hardly less.
  static constexpr std::size_t kLongest = 24;
  PatternSet patterns_;
  std::vector<RuleList> rules_;
};

}  // namespace culvert
