// isdataat: whether the buffer goes on to a position. `isdataat:10`, `isdataat:!1,relative`.

#include "detect/inspect_number.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  std::string_view text = trim(argument);
  auto item = std::make_unique<IsDataAtItem>();
  item->negated = take_negation(text);
  const auto parts = split_list(text);
  const auto at = draft.number_or_variable(parts[0], 0, 65535);
  if (!at) return tl::unexpected(at.error());
  item->at = *at;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i] == "relative") {
      item->relative = true;
    } else if (parts[i] != "rawbytes") {
      return failure("isdataat takes a number and relative or rawbytes");
    }
  }
  // "No byte after the last match": the content before it ends the buffer. It matters where that
  // content is negated.
  InspectItem* const before = draft.last_item();
  if (item->negated && item->relative && item->at.variable < 0 && item->at.number == 1 &&
      before != nullptr && before->kind == InspectKind::kContent) {
    static_cast<ContentItem*>(before)->ends_with = true;
    return {};
  }
  return draft.add_item(std::move(item));
}

}  // namespace

const KeywordSpec keywords::kIsdataat{"isdataat", "the buffer has data at that place",
                            KeywordArgument::kRequired, compile, {}, true};

}  // namespace culvert
