// bsize: the size of the buffer. `bsize:10`, `bsize:>5`, `bsize:5<>10`, `bsize:!4`.

#include "detect/inspect_size.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/number_match.h"
#include "rule/value.h"

namespace culvert {
namespace {

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  std::string_view text = trim(argument);
  auto item = std::make_unique<BsizeItem>();
  if (const std::int16_t variable = draft.find_variable(text); variable >= 0) {
    item->variable = variable;
    return draft.add_item(std::move(item));
  }
  const auto match = NumberMatch::parse(text, ~std::uint64_t{0});
  if (!match) return tl::unexpected(match.error());
  item->a = match->a();
  item->b = match->b();
  switch (match->kind()) {
    case NumberMatch::Kind::kEqual:
      item->op = BsizeItem::Operator::kEqual;
      break;
    case NumberMatch::Kind::kNotEqual:
      item->op = BsizeItem::Operator::kNotEqual;
      break;
    case NumberMatch::Kind::kLess:
      item->op = BsizeItem::Operator::kLess;
      break;
    case NumberMatch::Kind::kLessOrEqual:
      item->op = BsizeItem::Operator::kLessEqual;
      break;
    case NumberMatch::Kind::kGreater:
      item->op = BsizeItem::Operator::kGreater;
      break;
    case NumberMatch::Kind::kGreaterOrEqual:
      item->op = BsizeItem::Operator::kGreaterEqual;
      break;
    case NumberMatch::Kind::kOutside:
      item->negated = true;
      [[fallthrough]];
    case NumberMatch::Kind::kInside:
      item->op = BsizeItem::Operator::kInside;
      break;
    case NumberMatch::Kind::kMaskEqual:
    case NumberMatch::Kind::kMaskNotEqual:
      return failure("bsize takes no mask");
  }
  return draft.add_item(std::move(item));
}

}  // namespace

const KeywordSpec keywords::kBsize{"bsize", "size of the buffer", KeywordArgument::kRequired, compile};

}  // namespace culvert
