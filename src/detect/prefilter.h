// Fast patterns of one kind of buffer, and the rules that each belongs to.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "detect/inspect_item.h"
#include "match/multi_pattern_matcher.h"

namespace culvert {

using RuleList = std::vector<std::uint32_t>;

/// A matcher that finds nothing.
const std::shared_ptr<const MultiPatternMatcher>& no_patterns();

struct Prefilter {
  /// Prefilters of equal patterns share it; never null.
  std::shared_ptr<const MultiPatternMatcher> matcher = no_patterns();
  std::vector<std::uint32_t> first;  ///< by pattern id: where its rules begin in `rules`
  std::vector<std::uint32_t> rules;

  bool empty() const { return first.size() <= 1; }
  std::span<const std::uint32_t> rules_of(std::uint32_t pattern) const {
    return std::span(rules).subspan(first[pattern], first[pattern + 1] - first[pattern]);
  }
};

/// A prefilter that still needs its matcher.
struct PendingPrefilter {
  const PatternSet* patterns;
  Prefilter* prefilter;
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
  /// All but the matcher, which is left to whoever makes those of `pending`. The builder stays
  /// until then.
  void build(Prefilter& prefilter, std::vector<PendingPrefilter>& pending) const {
    pending.push_back({&patterns_, &prefilter});
    prefilter.first.push_back(0);
    for (const RuleList& rules : rules_) {
      prefilter.rules.insert(prefilter.rules.end(), rules.begin(), rules.end());
      prefilter.first.push_back(static_cast<std::uint32_t>(prefilter.rules.size()));
    }
  }

 private:
  /// More bytes find hardly less, and cost a fifth more to compile.
  static constexpr std::size_t kLongest = 24;
  PatternSet patterns_;
  std::vector<RuleList> rules_;
};

}  // namespace culvert
