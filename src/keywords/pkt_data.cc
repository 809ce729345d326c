// pkt_data: what follows is about the payload again, after a sticky buffer.

#include "detect/rule_draft.h"
#include "keywords/keywords.h"

namespace culvert {
namespace {

Result<void> compile(RuleBuilder& rule, std::string_view) {
  draft_of(rule).select_payload();
  return {};
}

}  // namespace

const KeywordSpec keywords::kPktData{"pkt_data", "back to the payload", KeywordArgument::kNone, compile};

}  // namespace culvert
