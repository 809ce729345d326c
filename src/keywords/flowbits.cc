// flowbits: marks on the flow. `flowbits:set,name`, `isset,a|b`, `isnotset`, `unset`, `toggle`,
// `noalert`.

#include "detect/detect_state.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct BitsTest final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    if (context.flow == nullptr) return false;
    const FlowDetectState* const state = context.flow->detect;
    for (const std::uint16_t bit : bits) {
      const bool set = state != nullptr && state->has_bit(bit);
      if (set != negated) return true;  // any of them
    }
    return false;
  }
  std::vector<std::uint16_t> bits;
  bool negated = false;
};

struct BitsChange final : Keyword {
  enum class How { kSet, kUnset, kToggle };
  BitsChange(How h, std::uint16_t b) : how(h), bit(b) {}
  bool match(const MatchContext& context) const noexcept override {
    if (context.flow == nullptr || context.state == nullptr) return true;
    FlowDetectState& state = context.state->of(*context.flow);
    if (how == How::kSet || (how == How::kToggle && !state.has_bit(bit))) {
      state.set_bit(bit);
    } else {
      state.clear_bit(bit);
    }
    return true;
  }
  const How how;
  const std::uint16_t bit;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  std::string_view text = trim(argument);
  const std::size_t comma = text.find(',');
  const std::string_view command = trim(text.substr(0, comma));
  if (command == "noalert") {
    if (comma != text.npos) return failure("flowbits:noalert takes no name");
    draft.is_noalert = true;
    return {};
  }
  if (comma == text.npos) return failure("flowbits takes a command and a name");
  std::vector<std::uint16_t> bits;
  for (const std::string_view name : split_list(text.substr(comma + 1), '|')) {
    if (name.empty() || name.find_first_of(" \t,") != name.npos) {
      return failure("flowbits: \"" + std::string(name) + "\" is no name");
    }
    bits.push_back(draft.catalog.names.id(VariableKind::kFlowbit, name));
  }
  const bool tests = command == "isset" || command == "isnotset";
  if (!tests && bits.size() > 1) return failure("flowbits: only isset and isnotset take several names");
  if (tests) {
    auto keyword = std::make_unique<BitsTest>();
    keyword->bits = std::move(bits);
    keyword->negated = command == "isnotset";
    draft.reads_flowbits = true;
    draft.add_packet_match(std::move(keyword));
    return {};
  }
  BitsChange::How how = BitsChange::How::kSet;
  if (command == "unset") {
    how = BitsChange::How::kUnset;
  } else if (command == "toggle") {
    how = BitsChange::How::kToggle;
  } else if (command != "set") {
    return failure("flowbits: the command is set, unset, toggle, isset, isnotset or noalert");
  }
  draft.writes_flowbits = true;
  ++draft.ip_only_posts;
  draft.add_post_match(std::make_unique<BitsChange>(how, bits.front()));
  return {};
}

}  // namespace

const KeywordSpec keywords::kFlowbits{"flowbits", "sets, clears and tests marks on the flow",
                            KeywordArgument::kRequired, compile};

}  // namespace culvert
