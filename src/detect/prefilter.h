// Fast patterns of one kind of buffer, and the rules that each belongs to.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "detect/fast_pattern.h"
#include "detect/inspect_item.h"
#include "match/multi_pattern_matcher.h"
#include "match/short_buffer_matcher.h"

namespace culvert {

using RuleList = std::vector<std::uint32_t>;

/// A matcher that finds nothing.
const std::shared_ptr<const MultiPatternMatcher>& no_patterns();

struct Prefilter {
  /// Prefilters of equal patterns share it; never null.
  std::shared_ptr<const MultiPatternMatcher> matcher = no_patterns();
  /// The same patterns for short buffers, shared alike; null where there is no such need.
  std::shared_ptr<const ShortBufferMatcher> short_matcher;
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
  bool for_short_buffers = false;  ///< it needs a short_matcher, too
};

/// Collects the patterns of a Prefilter.
class PrefilterBuilder {
 public:
  void add(const ContentItem& content, std::uint32_t rule) {
    Bytes bytes = content.bytes;
    if (content.fast_pattern.chop_length != 0) {
      bytes = bytes.subspan(content.fast_pattern.chop_offset, content.fast_pattern.chop_length);
    }
    bytes = searched_window(bytes, content.nocase);
    const PatternId id = patterns_.add(as_text(bytes), content.nocase);
    if (id == rules_.size()) rules_.emplace_back();
    if (rules_[id].empty() || rules_[id].back() != rule) rules_[id].push_back(rule);
  }
  /// All but the matcher, which is left to whoever makes those of `pending`. The builder stays
  /// until then.
  void build(Prefilter& prefilter, std::vector<PendingPrefilter>& pending,
             bool for_short_buffers) const {
    pending.push_back({&patterns_, &prefilter, for_short_buffers});
    list_rules(prefilter);
  }
  /// A prefilter for short buffers only. It has no matcher when there are too many patterns.
  void build_short(Prefilter& prefilter) const {
    if (patterns_.size() > ShortBufferMatcher::kMostPatterns) return;
    prefilter.short_matcher = std::make_shared<const ShortBufferMatcher>(patterns_);
    list_rules(prefilter);
  }

 private:
  void list_rules(Prefilter& prefilter) const {
    prefilter.first.push_back(0);
    for (const RuleList& rules : rules_) {
      prefilter.rules.insert(prefilter.rules.end(), rules.begin(), rules.end());
      prefilter.first.push_back(static_cast<std::uint32_t>(prefilter.rules.size()));
    }
  }

  PatternSet patterns_;
  std::vector<RuleList> rules_;
};

}  // namespace culvert
