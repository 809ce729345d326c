// Counters that rules keep for a flow: `flowint:name,+,1`, `flowint:name,>,5`, `flowint:name,isset`.
#include "keywords/flowint.h"

#include <optional>

#include "base/ascii_case.h"
#include "detect/detect_state.h"
#include "detect/rule_draft.h"
#include "rule/value.h"

namespace culvert::keywords {
namespace {

enum class Operation : std::uint8_t {
  kSet, kAdd, kSubtract, kIsSet, kIsNotSet, kLess, kLessOrEqual, kEqual, kNotEqual, kGreaterOrEqual,
  kGreater,
};

struct Word {
  std::string_view text;
  Operation operation;
  bool takes_value;
};
constexpr Word kWords[] = {
    {"=", Operation::kSet, true},           {"+", Operation::kAdd, true},
    {"-", Operation::kSubtract, true},      {"isset", Operation::kIsSet, false},
    {"notset", Operation::kIsNotSet, false}, {"isnotset", Operation::kIsNotSet, false},
    {"<", Operation::kLess, true},          {"<=", Operation::kLessOrEqual, true},
    {"==", Operation::kEqual, true},        {"!=", Operation::kNotEqual, true},
    {">=", Operation::kGreaterOrEqual, true}, {">", Operation::kGreater, true},
};

std::optional<std::uint32_t> find_value(const Flow& flow, std::uint16_t id) {
  if (flow.detect == nullptr) return std::nullopt;
  for (const auto& [variable, value] : flow.detect->ints) {
    if (variable == id) return value;
  }
  return std::nullopt;
}

void set_value(FlowDetectState& state, std::uint16_t id, std::uint32_t value) {
  for (auto& [variable, held] : state.ints) {
    if (variable == id) {
      held = value;
      return;
    }
  }
  state.ints.emplace_back(id, value);
}

class Flowint final : public Keyword {
 public:
  Flowint(std::uint16_t id, Operation operation, std::optional<std::uint16_t> other,
          std::uint32_t number)
      : id_(id), operation_(operation), other_(other), number_(number) {}

  bool match(const MatchContext& context) const noexcept override {
    if (context.flow == nullptr) return false;
    const std::optional<std::uint32_t> value = find_value(*context.flow, id_);
    if (operation_ == Operation::kIsSet) return value.has_value();
    if (operation_ == Operation::kIsNotSet) return !value.has_value();
    const std::optional<std::uint32_t> target =
        other_ ? find_value(*context.flow, *other_) : std::optional(number_);
    if (!target) return false;
    if (operation_ <= Operation::kSubtract) {
      const std::uint32_t before = value.value_or(0);
      const std::uint32_t after = operation_ == Operation::kSet   ? *target
                                  : operation_ == Operation::kAdd ? before + *target
                                                                  : before - *target;
      set_value(context.state->of(*context.flow), id_, after);
      return true;
    }
    if (!value) return false;
    switch (operation_) {
      case Operation::kLess:
        return *value < *target;
      case Operation::kLessOrEqual:
        return *value <= *target;
      case Operation::kEqual:
        return *value == *target;
      case Operation::kNotEqual:
        return *value != *target;
      case Operation::kGreaterOrEqual:
        return *value >= *target;
      case Operation::kGreater:
        return *value > *target;
      default:
        return false;
    }
  }

 private:
  std::uint16_t id_;
  Operation operation_;
  std::optional<std::uint16_t> other_;  ///< another flowint; else `number_`
  std::uint32_t number_;
};

/// A letter, and at least one more, or a digit or one of `others`.
bool is_name(std::string_view text, std::string_view others) {
  return text.size() > 1 && is_ascii_letter(static_cast<std::uint8_t>(text.front())) &&
         is_word(text, others);
}

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  const auto parts = split_list(argument);
  if (parts.size() < 2 || parts.size() > 3 || !is_name(parts[0], "_./")) {
    return failure("flowint takes a name, an operation and mostly a value: 'logins,+,1'");
  }
  const Word* word = nullptr;
  for (const Word& known : kWords) {
    if (known.text == parts[1]) word = &known;
  }
  if (word == nullptr) {
    return failure("'" + std::string(parts[1]) +
                   "' is no operation of flowint: + - = < <= == != >= > isset notset");
  }
  if (word->takes_value && parts.size() != 3) {
    return failure("'" + std::string(parts[1]) + "' takes a value");
  }
  std::optional<std::uint16_t> other;
  std::uint32_t number = 0;
  if (word->takes_value) {
    const bool digits = !parts[2].empty() && parts[2].find_first_not_of("0123456789") ==
                                                 std::string_view::npos;
    if (digits) {
      auto parsed = parse_unsigned(parts[2], UINT32_MAX);
      if (!parsed) return tl::unexpected(parsed.error());
      number = static_cast<std::uint32_t>(*parsed);
    } else if (!is_name(parts[2], "_")) {
      return failure("'" + std::string(parts[2]) +
                     "' is neither a number nor the name of a flowint");
    } else {
      other = draft.catalog.names.id(VariableKind::kFlowint, parts[2]);
    }
  }
  draft.looks_at_flow_only = false;
  auto keyword = std::make_unique<Flowint>(draft.catalog.names.id(VariableKind::kFlowint, parts[0]),
                                           word->operation, other, number);
  if (word->operation <= Operation::kSubtract) {
    rule.add_post_match(std::move(keyword));
  } else {
    rule.add_packet_match(std::move(keyword));
  }
  return {};
}

}  // namespace

const KeywordSpec kFlowint{"flowint", "counters of the flow: set, add, compare",
                           KeywordArgument::kRequired, compile};

}  // namespace culvert::keywords
