// byte_math: calculates with a number of the buffer and keeps the result under a name.
//
//     byte_math:bytes 2, offset 4, oper +, rvalue 248, result length, relative, endian little;

#include "detect/inspect_number.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "keywords/number_field.h"
#include "rule/value.h"

namespace culvert {
namespace {

using Operator = ByteMathItem::Operator;

Result<Operator> parse_operator(std::string_view text) {
  constexpr std::pair<std::string_view, Operator> kOperators[] = {
      {"+", Operator::kAdd},       {"-", Operator::kSubtract},   {"*", Operator::kMultiply},
      {"/", Operator::kDivide},    {"<<", Operator::kShiftLeft}, {">>", Operator::kShiftRight}};
  for (const auto& [name, meaning] : kOperators) {
    if (name == text) return meaning;
  }
  return failure("byte_math: oper is one of + - * / << >>");
}

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  std::string_view text = trim(argument);
  auto item = std::make_unique<ByteMathItem>();
  unsigned seen = 0;  // of the five that are needed
  const auto unknown = [](std::string_view name, const Error& error) -> tl::unexpected<Error> {
    const bool is_name = !name.empty() && name.find_first_not_of("0123456789+-") != name.npos;
    if (!is_name) return tl::unexpected<Error>(error);
    return failure("unknown byte_ keyword var seen in byte_math - " + std::string(name));
  };
  std::string_view result;
  bool has_endian = false;
  for (const std::string_view part : split_list(text)) {
    const std::size_t space = part.find_first_of(" \t");
    const std::string_view name = part.substr(0, space);
    const std::string_view value = space == part.npos ? std::string_view() : trim(part.substr(space));
    const bool again = (name == "bytes" && (seen & 1) != 0) ||
                       (name == "offset" && (seen & 2) != 0) ||
                       (name == "oper" && (seen & 4) != 0) || (name == "rvalue" && (seen & 8) != 0);
    if (again) return failure("byte_math: " + std::string(name) + " is there twice");
    if (name == "bytes") {
      const auto count = draft.number_or_variable(value, 1, 10);
      if (!count) return unknown(value, count.error());
      item->field.count = *count;
      seen |= 1;
    } else if (name == "offset") {
      const auto offset = draft.number_or_variable(value, -65535, 65535);
      if (!offset) return unknown(value, offset.error());
      item->field.offset = *offset;
      seen |= 2;
    } else if (name == "oper") {
      const auto op = parse_operator(value);
      if (!op) return tl::unexpected(op.error());
      item->op = *op;
      seen |= 4;
    } else if (name == "rvalue") {
      const auto operand = draft.number_or_variable(value, 0, 0xffffffff);
      if (!operand) return unknown(value, operand.error());
      item->operand = *operand;
      seen |= 8;
    } else if (name == "result") {
      result = value;
      seen |= 16;
    } else if (name == "relative" && value.empty()) {
      item->relative = true;
    } else if (name == "dce" && value.empty()) {
      item->field.order = ByteOrder::kDce;
    } else if (name == "endian") {
      bool ignored = false;
      if (value != "big" && value != "little") return failure("byte_math: endian is big or little");
      static_cast<void>(take_field_option(value, item->field, ignored));
      has_endian = true;
    } else if (name == "string") {
      bool ignored = false;
      if (value != "hex" && value != "dec" && value != "oct") {
        return failure("byte_math: string is hex, dec or oct");
      }
      static_cast<void>(take_field_option(value, item->field, ignored));
    } else if (name == "bitmask") {
      const auto mask = parse_mask(value);
      if (!mask) return tl::unexpected(mask.error());
      item->field.bitmask = *mask;
    } else {
      return failure("byte_math has no option \"" + std::string(part) + "\"");
    }
  }
  if (seen != 31) return failure("byte_math needs bytes, offset, oper, rvalue and result");
  if (has_endian && item->field.text != NumberText::kBinary) {
    return failure("byte_math: endian cannot go with string");
  }
  if (item->op == Operator::kDivide && item->operand.variable < 0 && item->operand.number == 0) {
    return failure("byte_math: division by zero");
  }
  if (auto done = check_field(item->field, "byte_math"); !done) return done;
  const auto variable = draft.add_variable(result);
  if (!variable) return tl::unexpected(variable.error());
  item->variable = *variable;
  if (item->relative && draft.last_item() == nullptr) {
    return failure("relative specified without previous pattern match");
  }
  return draft.add_item(std::move(item));
}

}  // namespace

const KeywordSpec keywords::kByteMath{"byte_math", "calculates with a number of the buffer",
                            KeywordArgument::kRequired, compile};

}  // namespace culvert
