#include "rule/action.h"

#include <utility>

#include "rule/value.h"

namespace culvert {
namespace {

constexpr std::pair<std::string_view, RuleVerb> kActions[] = {
    {"alert", RuleVerb::kAlert},
    {"pass", RuleVerb::kPass},
    {"drop", RuleVerb::kDrop},
    {"reject", RuleVerb::kReject},
    {"rejectsrc", RuleVerb::kReject},
    {"rejectdst", RuleVerb::kRejectDst},
    {"rejectboth", RuleVerb::kRejectBoth},
    {"config", RuleVerb::kConfig},
    {"accept", RuleVerb::kAccept},
};

constexpr std::pair<std::string_view, ActionScope> kScopes[] = {
    {"packet", ActionScope::kPacket},
    {"flow", ActionScope::kFlow},
    {"hook", ActionScope::kHook},
    {"tx", ActionScope::kTx},
};

/// The scopes that an action may have, for the message; empty when none.
std::string_view allowed_scopes(RuleVerb action) {
  switch (action) {
    case RuleVerb::kAlert:
      return "";
    case RuleVerb::kConfig:
      return "packet";
    case RuleVerb::kPass:
    case RuleVerb::kDrop:
    case RuleVerb::kReject:
    case RuleVerb::kRejectDst:
    case RuleVerb::kRejectBoth:
      return "packet, flow";
    case RuleVerb::kAccept:
      return "packet, flow, tx, hook";
  }
  return "";
}

Result<ActionScope> parse_scope(RuleVerb action, std::string_view word) {
  const std::string_view allowed = allowed_scopes(action);
  for (const auto& [name, scope] : kScopes)
    if (name == word && allowed.find(name) != allowed.npos) return scope;
  const std::string what =
      "invalid scope '" + std::string(word) + "' for the action " + std::string(to_string(action));
  if (allowed.empty()) return failure(what + ", which takes none");
  return failure(what + "; possible: " + std::string(allowed));
}

Result<RuleAction> parse_action(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view word = text.substr(0, colon);
  for (const auto& [name, action] : kActions) {
    if (!equals_ignoring_case(name, word)) continue;
    if (colon == text.npos) return RuleAction{action, ActionScope::kUnset};
    return parse_scope(action, text.substr(colon + 1)).map([a = action](ActionScope scope) {
      return RuleAction{a, scope};
    });
  }
  return failure("'" + std::string(word) +
                 "' is not an action; possible: alert, pass, drop, reject, rejectsrc, rejectdst, "
                 "rejectboth, config, accept");
}

Result<void> check_first(const RuleAction& first, RuleKind kind) {
  if (kind == RuleKind::kDetection) {
    if (first.action == RuleVerb::kAccept)
      return failure("the action accept is for firewall rules only; use pass");
    return {};
  }
  if (first.action == RuleVerb::kAlert || first.action == RuleVerb::kPass)
    return failure("the first action of a firewall rule is accept, drop, reject or config");
  if (first.scope == ActionScope::kUnset)
    return failure("the action of a firewall rule needs a scope, such as accept:hook or drop:flow");
  return {};
}

Result<void> check_further(const RuleAction& first, const RuleAction& further, RuleKind kind) {
  if (kind == RuleKind::kDetection) return failure("only firewall rules may have several actions");
  if (further.action != RuleVerb::kAlert && further.action != RuleVerb::kPass)
    return failure("the further actions of a firewall rule can be alert and pass only");
  if (further.action == RuleVerb::kPass && first.action != RuleVerb::kAccept)
    return failure("pass can only follow accept");
  return {};
}

}  // namespace

std::string_view to_string(RuleVerb action) {
  switch (action) {
    case RuleVerb::kAlert:
      return "alert";
    case RuleVerb::kPass:
      return "pass";
    case RuleVerb::kDrop:
      return "drop";
    case RuleVerb::kReject:
      return "reject";
    case RuleVerb::kRejectDst:
      return "rejectdst";
    case RuleVerb::kRejectBoth:
      return "rejectboth";
    case RuleVerb::kConfig:
      return "config";
    case RuleVerb::kAccept:
      return "accept";
  }
  return "";
}

std::string_view to_string(ActionScope scope) {
  switch (scope) {
    case ActionScope::kUnset:
      return "";
    case ActionScope::kPacket:
      return "packet";
    case ActionScope::kFlow:
      return "flow";
    case ActionScope::kHook:
      return "hook";
    case ActionScope::kTx:
      return "tx";
  }
  return "";
}

Result<std::vector<RuleAction>> parse_actions(std::string_view text, RuleKind kind) {
  std::vector<RuleAction> actions;
  for (const std::string_view part : split_list(text)) {
    const auto action = parse_action(part);
    if (!action) return tl::unexpected(action.error());
    const auto allowed = actions.empty() ? check_first(*action, kind)
                                         : check_further(actions.front(), *action, kind);
    if (!allowed) return tl::unexpected(allowed.error());
    actions.push_back(*action);
  }
  return actions;
}

std::string to_string(const std::vector<RuleAction>& actions) {
  std::string text;
  for (const auto& [action, scope] : actions) {
    if (!text.empty()) text += ',';
    text += to_string(action);
    if (scope != ActionScope::kUnset) (text += ':') += to_string(scope);
  }
  return text;
}

}  // namespace culvert
