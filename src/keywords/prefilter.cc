// prefilter: a hint to the engine which keyword to look at first. Rules are found by their pattern, or
// by protocol and port, in any case: it is accepted and changes nothing.

#include "detect/rule_draft.h"
#include "keywords/keywords.h"

namespace culvert {
namespace {

Result<void> compile(RuleBuilder& rule, std::string_view) {
  draft_of(rule).wants_prefilter = true;
  return {};
}

}  // namespace

const KeywordSpec keywords::kPrefilter{"prefilter", "a hint which keyword to look at first",
                             KeywordArgument::kNone, compile};

}  // namespace culvert
