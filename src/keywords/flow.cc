// flow: which packets of a flow. `flow:established,to_server`.

#include "base/ascii_case.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  if (draft.has_flow_keyword) return failure("flow is there twice");
  draft.has_flow_keyword = true;
  FlowRequirements& flow = draft.flow;
  std::optional<Direction> direction;
  std::string_view text = trim(argument);
  const auto turn = [&](Direction wanted) -> Result<void> {
    if (direction) return failure("flow: the direction is there twice");
    direction = wanted;
    return {};
  };
  const auto set = [](bool& flag, std::string_view name) -> Result<void> {
    if (flag) return failure("flow: " + std::string(name) + " is there twice");
    flag = true;
    return {};
  };
  // Of `tcp-stream` and `tcp-pkt` one of them is set already, and may be said again.
  bool said_stream = false, said_no_stream = false;
  for (const std::string_view part : split_list(text)) {
    const std::string word = ascii_lower(part);
    Result<void> done;
    if (word == "to_server" || word == "from_client") {
      done = turn(Direction::kToServer);
    } else if (word == "to_client" || word == "from_server") {
      done = turn(Direction::kToClient);
    } else if (word == "established") {
      done = set(flow.established, word);
    } else if (word == "not_established") {
      done = set(flow.not_established, word);
    } else if (word == "stateless") {
      done = set(flow.stateless, word);
    } else if (word == "only_stream") {
      done = set(said_stream, word);
      flow.only_stream = true;
    } else if (word == "no_stream") {
      done = set(said_no_stream, word);
      flow.no_stream = true;
    } else if (word == "only_frag") {
      done = set(flow.only_frag, word);
    } else if (word == "no_frag") {
      done = set(flow.no_frag, word);
    } else {
      return failure("flow has no option \"" + std::string(part) + "\"");
    }
    if (!done) return done;
  }
  if (flow.established + flow.not_established + flow.stateless > 1) {
    return failure("flow: established, not_established and stateless exclude each other");
  }
  if (flow.only_stream && flow.no_stream)
    return failure("flow: only_stream and no_stream exclude each other");
  if (flow.only_frag && flow.no_frag)
    return failure("flow: only_frag and no_frag exclude each other");
  if (!direction) return {};
  if (draft.ast.direction == RuleDirection::kTransactional) {
    // In a rule on both directions it says where what follows is looked for.
    return failure("flow: a rule with => has no direction of its own");
  }
  return draft.require_direction(*direction);
}

}  // namespace

const KeywordSpec keywords::kFlow{"flow", "direction and state of the flow",
                                  KeywordArgument::kRequired, compile};

}  // namespace culvert
