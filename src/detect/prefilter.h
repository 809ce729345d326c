// Fast patterns of one kind of buffer, and the rules that each belongs to.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "detect/fast_pattern.h"
#include "detect/inspect_item.h"
#include "match/end_matcher.h"
#include "match/multi_pattern_matcher.h"
#include "match/short_buffer_matcher.h"

namespace culvert {

using RuleList = std::vector<std::uint32_t>;

/// A matcher that finds nothing.
const std::shared_ptr<const MultiPatternMatcher>& no_patterns();

struct RulesOfPatterns {
  std::vector<std::uint32_t> first;  ///< by pattern id: where its rules begin in `rules`
  std::vector<std::uint32_t> rules;

  bool empty() const { return rules.empty(); }
  std::span<const std::uint32_t> rules_of(std::uint32_t pattern) const {
    return std::span(rules).subspan(first[pattern], first[pattern + 1] - first[pattern]);
  }
};

/// Patterns that the buffer ends in, if their rules are to match: looked up, not searched for.
struct EndPrefilter : RulesOfPatterns {
  explicit EndPrefilter(const std::vector<BytePattern>& patterns) : matcher(patterns) {}
  EndMatcher matcher;
};

/// Its base has the rules of patterns that are searched for.
struct Prefilter : RulesOfPatterns {
  /// Prefilters of equal patterns share it; never null.
  std::shared_ptr<const MultiPatternMatcher> matcher = no_patterns();
  /// The same patterns for short buffers, shared alike; null where there is no such need.
  std::shared_ptr<const ShortBufferMatcher> short_matcher;
  std::shared_ptr<const EndPrefilter> at_end;  ///< null: there are none
};

/// A prefilter that still needs its matcher.
struct PendingPrefilter {
  const PatternSet* patterns;
  Prefilter* prefilter;
  bool for_short_buffers = false;  ///< it needs a short_matcher, too
  /// Those of one number other than 0 share one matcher whatever they hold.
  unsigned group = 0;
};

struct CompiledRule;

/// Takes the rules out of `rules` whose pattern is at the end of their buffer, if these are the
/// most: each buffer takes the look-up, whatever it ends in. Null: they are not.
std::shared_ptr<const EndPrefilter> take_those_at_end(std::vector<const CompiledRule*>& rules);

/// Collects the patterns of a Prefilter, or of two that search for the patterns of both.
class PrefilterBuilder {
 public:
  /// Returns the pattern's id.
  PatternId add(const ContentItem& content, std::uint32_t rule, std::size_t list = 0) {
    Bytes bytes = content.bytes;
    if (content.fast_pattern.chop_length != 0) {
      bytes = bytes.subspan(content.fast_pattern.chop_offset, content.fast_pattern.chop_length);
    }
    bytes = searched_window(bytes);
    const PatternId id = patterns_.add(as_text(bytes), content.nocase);
    std::vector<RuleList>& rules = rules_[list];
    if (id >= rules.size()) rules.resize(id + 1);
    if (rules[id].empty() || rules[id].back() != rule) rules[id].push_back(rule);
    return id;
  }
  const std::vector<BytePattern>& patterns() const { return patterns_.patterns(); }
  bool empty(std::size_t list) const { return rules_[list].empty(); }
  /// All but the matcher, which is left to whoever makes those of `pending`. The builder stays
  /// until then.
  void build(Prefilter& prefilter, std::vector<PendingPrefilter>& pending, bool for_short_buffers,
             std::size_t list = 0) const {
    pending.push_back({&patterns_, &prefilter, for_short_buffers});
    list_rules(prefilter, list);
  }
  /// Prefilters for short buffers only, by list. They have no matcher when there are too many
  /// patterns.
  void build_short(std::span<Prefilter* const> prefilters) const {
    if (patterns_.size() > ShortBufferMatcher::kMostPatterns) return;
    const auto matcher = std::make_shared<const ShortBufferMatcher>(patterns_);
    for (std::size_t i = 0; i < prefilters.size(); ++i) {
      prefilters[i]->short_matcher = matcher;
      list_rules(*prefilters[i], i);
    }
  }

 private:
  void list_rules(Prefilter& prefilter, std::size_t list) const {
    const std::vector<RuleList>& rules = rules_[list];
    prefilter.first.push_back(0);
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      if (i < rules.size()) {
        prefilter.rules.insert(prefilter.rules.end(), rules[i].begin(), rules[i].end());
      }
      prefilter.first.push_back(static_cast<std::uint32_t>(prefilter.rules.size()));
    }
  }

  PatternSet patterns_;
  std::array<std::vector<RuleList>, 2> rules_;
};

}  // namespace culvert
