// absent: the buffer does not exist. `file.data; absent;`, or, with what follows as the alternative,
// `file.data; absent:or_else; content:!"abc";`.
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  const std::string_view text = trim(argument);
  if (!text.empty() && text != "or_else") return failure("absent takes or_else, or nothing");
  return draft_of(rule).set_absent(!text.empty());
}

}  // namespace

const KeywordSpec keywords::kAbsent{"absent", "the buffer does not exist", KeywordArgument::kOptional,
                                    compile};

}  // namespace culvert
