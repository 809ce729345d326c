// The first word of a rule: what to do, and how far it reaches.
//
//   alert   drop:flow   pass:packet   reject   config:packet          in ordinary rules
//   accept:hook   drop:packet,alert   accept:flow,pass:flow,alert     in firewall rules
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culvert {

/// What a rule asks for. `reject` and `rejectsrc` are the same.
enum class RuleVerb : std::uint8_t {
  kAlert,
  kPass,
  kDrop,
  kReject,
  kRejectDst,
  kRejectBoth,
  kConfig,
  kAccept,  ///< firewall rules only
};

/// How far an action reaches. What kUnset means is the action's and the rule's business.
enum class ActionScope : std::uint8_t { kUnset, kPacket, kFlow, kHook, kTx };

struct RuleAction {
  RuleVerb action = RuleVerb::kAlert;
  ActionScope scope = ActionScope::kUnset;
  friend bool operator==(const RuleAction&, const RuleAction&) = default;
};

std::string_view to_string(RuleVerb action);
std::string_view to_string(ActionScope scope);  ///< "" for kUnset

/// Which set a rule belongs to. Firewall rules name a scope for their first action and may have
/// more actions after it; only they may accept.
enum class RuleKind : std::uint8_t { kDetection, kFirewall };

/// Parses and checks that word. Names are taken in any case, scopes as Suricata does in lower case.
[[nodiscard]] Result<std::vector<RuleAction>> parse_actions(std::string_view text, RuleKind kind);

/// The opposite.
std::string to_string(const std::vector<RuleAction>& actions);

}  // namespace culvert
