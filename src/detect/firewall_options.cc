#include "detect/firewall_options.h"

#include <algorithm>
#include <string>

#include "app/protocol_spec.h"

namespace culvert {
namespace {

constexpr std::string_view kGeneralNames[2][2] = {{"request_started", "request_complete"},
                                                  {"response_started", "response_complete"}};

std::span<const std::string_view> states_of(const ProtocolSpec& spec, Direction direction) {
  return direction == Direction::kToServer ? spec.to_server_states : spec.to_client_states;
}

/// One policy: `[ "drop:flow", "alert" ]`.
FirewallPolicy parse_policy(const ConfigNode& node, const FirewallPolicy& fallback,
                            Complaints& complaints) {
  constexpr std::string_view kWanted =
      "a policy: accept:hook, accept:packet, accept:tx, accept:flow, drop:packet, drop:flow, "
      "reject:packet or reject:flow, and perhaps alert";
  std::string text;
  for (const std::string& word : node.texts("")) text += (text.empty() ? "" : ",") + word;
  const auto actions = parse_actions(text, RuleKind::kFirewall);
  if (!actions) {
    node.complain("", std::string(kWanted) + " (" + actions.error().message + ")", complaints);
    return fallback;
  }
  FirewallPolicy policy{actions->front().action, actions->front().scope};
  for (const RuleAction& further : std::span(*actions).subspan(1)) {
    if (further.action == RuleVerb::kAlert) policy.alert = true;
  }
  if (policy.verb == RuleVerb::kConfig) {
    node.complain("", kWanted, complaints);
    return fallback;
  }
  return policy;
}

void parse_protocol(const ConfigNode& node, const ProtocolSpec& spec, FirewallOptions& options,
                    Complaints& complaints) {
  for (const ConfigNode& item : node.children()) {
    std::string hook = item.name();
    std::ranges::replace(hook, '-', '_');
    bool known = false;
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      const int progress = find_hook(spec, direction, hook);
      if (progress < 0) continue;
      known = true;
      auto& policies = options.app[static_cast<std::size_t>(spec.proto)][index_of(direction)];
      const auto at = static_cast<std::size_t>(progress);
      if (policies.size() <= at) policies.resize(at + 1, FirewallOptions::kDropFlow);
      policies[at] = parse_policy(item, policies[at], complaints);
    }
    if (!known) {
      complaints.error("firewall.policies.app." + node.name() + ": \"" + item.name() +
                           "\" is no hook of that protocol",
                       item.place().text());
    }
  }
}

}  // namespace

RejectTargets FirewallPolicy::reject() const {
  switch (verb) {
    case RuleVerb::kReject:
      return RejectTargets::kSource;
    case RuleVerb::kRejectDst:
      return RejectTargets::kDestination;
    case RuleVerb::kRejectBoth:
      return RejectTargets::kBoth;
    default:
      return RejectTargets::kNone;
  }
}

int find_hook(const ProtocolSpec& spec, Direction direction, std::string_view hook) {
  const auto states = states_of(spec, direction);
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] == hook) return static_cast<int>(i);
  }
  if (hook == kGeneralNames[index_of(direction)][0]) return 0;
  return hook == kGeneralNames[index_of(direction)][1] ? spec.complete(direction) : -1;
}

std::string_view hook_name(const ProtocolSpec& spec, Direction direction, std::size_t progress) {
  const auto states = states_of(spec, direction);
  if (progress >= states.size()) return {};
  const auto& general = kGeneralNames[index_of(direction)];
  const bool has_own = std::ranges::any_of(states, [&](std::string_view state) {
    return state != general[0] && state != general[1];
  });
  return has_own ? states[progress] : std::string_view{};
}

FirewallOptions parse_firewall_options(const ConfigNode& root,
                                       std::span<const ProtocolSpec* const> protocols,
                                       Complaints& complaints) {
  FirewallOptions options;
  options.enabled = root.boolean("firewall.enabled", false, complaints);
  const auto read = [&](std::string_view path, FirewallPolicy& policy) {
    if (const ConfigNode* const node = root.find(path); node != nullptr && !node->is_null()) {
      policy = parse_policy(*node, policy, complaints);
    }
  };
  read("firewall.policies.packet.pre-flow", options.pre_flow);
  read("firewall.policies.packet.pre-stream", options.pre_stream);
  read("firewall.policies.packet.filter", options.filter);
  for (const ConfigNode& node : root.items("firewall.policies.app")) {
    node.mark_asked();
    const auto proto = find_app_proto(node.name());
    bool known = false;
    for (const ProtocolSpec* const spec : protocols) {
      if (!proto || !covers(*proto, spec->proto)) continue;
      known = true;
      parse_protocol(node, *spec, options, complaints);
    }
    if (known) continue;
    if (proto) {
      complaints.warning("firewall.policies.app: " + node.name() + " has no parser in this build",
                         node.place().text());
    } else {
      complaints.error("firewall.policies.app: \"" + node.name() + "\" is no protocol",
                       node.place().text());
    }
  }
  return options;
}

}  // namespace culvert
