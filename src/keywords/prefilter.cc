// prefilter: a hint to the engine to look at the keyword before it first. Rules are found by their
// pattern, or by protocol and port, in any case: it changes nothing. As in the reference it has to
// follow one that could be looked at first.

#include <algorithm>

#include "detect/keyword_support.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"

namespace culvert {
namespace {

/// Of the rule, or of a content: none that decides by itself.
bool is_beside(const KeywordSpec& keyword) {
  constexpr std::string_view kNames[] = {
      "msg",       "sid",      "rev",      "gid",    "classtype",    "priority",
      "reference", "metadata", "target",   "tag",    "requires",     "threshold",
      "depth",     "offset",   "distance", "within", "fast_pattern", "detection_filter",
      "replace",   "frame"};
  return keyword.argument == KeywordArgument::kNone || is_transform(keyword.name) ||
         std::ranges::find(kNames, keyword.name) != std::end(kNames);
}

Result<void> compile(RuleBuilder& rule, std::string_view) {
  RuleDraft& draft = draft_of(rule);
  const KeywordSpec* last = nullptr;
  for (const RuleOption& option : draft.ast.options) {
    if (option.offset >= draft.option_offset) break;
    const KeywordSpec* const keyword = draft.catalog.find_keyword(option.name);
    if (keyword != nullptr && !is_beside(*keyword)) last = keyword;
  }
  if (last == nullptr) return failure("prefilter needs preceding match");
  if (!supports_prefilter(last->name)) {
    return failure("prefilter is not supported for " + std::string(last->name));
  }
  draft.wants_prefilter = true;
  return {};
}

}  // namespace

const KeywordSpec keywords::kPrefilter{"prefilter", "a hint which keyword to look at first",
                             KeywordArgument::kNone, compile};

}  // namespace culvert
