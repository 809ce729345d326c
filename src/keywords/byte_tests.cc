// byte_test: compares a number in the buffer.
//
//     byte_test:2,>=,1000,0,relative,little;    byte_test:4,!&,0x80,8,string,hex;

#include "detect/inspect_number.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "keywords/number_field.h"
#include "rule/value.h"

namespace culvert {
namespace {

using Operator = ByteTestItem::Operator;

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  std::string_view text = trim(argument);
  take_quotes(text);
  const auto parts = split_list(text);
  if (parts.size() < 4) return failure("byte_test takes bytes, operator, value, offset and options");
  auto item = std::make_unique<ByteTestItem>();
  const auto count = draft.number_or_variable(parts[0], 0, 23);
  if (!count) return tl::unexpected(count.error());
  item->field.count = *count;

  constexpr std::pair<std::string_view, Operator> kOperators[] = {
      {"<", Operator::kLess},         {">", Operator::kGreater}, {"=", Operator::kEqual},
      {"<=", Operator::kLessEqual},   {">=", Operator::kGreaterEqual},
      {"&", Operator::kAnd},          {"^", Operator::kXor}};
  std::string_view op = parts[1];
  item->negated = take_negation(op);
  bool known = false;
  for (const auto& [name, meaning] : kOperators) {
    if (name != op) continue;
    item->op = meaning;
    known = true;
  }
  if (op.empty() && item->negated) known = true;  // "!" alone is "not equal"
  if (!known) return failure("byte_test: the operator is one of < > = <= >= & ^, or ! and one of them");

  const auto value = draft.number_or_variable(parts[2], -0x7fffffffffffffff, 0x7fffffffffffffff);
  if (!value) return tl::unexpected(value.error());
  item->value = *value;
  const auto offset = draft.number_or_variable(parts[3], -65535, 65535);
  if (!offset) return tl::unexpected(offset.error());
  item->field.offset = *offset;
  for (std::size_t i = 4; i < parts.size(); ++i) {
    const auto taken = take_field_option(parts[i], item->field, item->relative);
    if (!taken) return tl::unexpected(taken.error());
    if (!*taken) return failure("byte_test has no option \"" + std::string(parts[i]) + "\"");
  }
  if (auto done = check_field(item->field, "byte_test"); !done) return done;
  return draft.add_item(std::move(item));
}

}  // namespace

const KeywordSpec keywords::kByteTest{"byte_test", "compares a number in the buffer",
                            KeywordArgument::kRequired, compile};

}  // namespace culvert
