// Firewall mode: everything that no firewall rule accepts is dropped, or what the configuration
// says instead, for each hook:
//
//   firewall:
//     enabled: yes
//     rule-path: /etc/suricata/firewall/
//     rule-files: [ fw.rules ]
//     policies:
//       packet:
//         filter: [ "drop:packet" ]             # also pre-flow, pre-stream
//       app:
//         tls:
//           client-hello-done: [ "accept:hook", "alert" ]
//
// A packet meets the hooks in this order. Those of the firewall decide; `td`, threat detection, is
// what all other rules do with what the firewall let through.
//
//   packet:pre_flow -> packet:pre_stream -> packet:filter -> packet:td -> app:filter -> app:td
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "app/app_proto.h"
#include "base/result.h"
#include "config/config_node.h"
#include "packet/packet.h"
#include "packet/verdict.h"
#include "rule/action.h"

namespace culvert {

struct ProtocolSpec;

/// What happens at a hook when no rule decides.
struct FirewallPolicy {
  RuleVerb verb = RuleVerb::kAccept;
  ActionScope scope = ActionScope::kHook;
  bool alert = false;

  bool accepts() const { return verb == RuleVerb::kAccept; }
  RejectTargets reject() const;
};

struct FirewallOptions {
  static constexpr std::size_t kProtos = static_cast<std::size_t>(AppProto::kLast) + 1;
  static constexpr FirewallPolicy kDropFlow{RuleVerb::kDrop, ActionScope::kFlow};

  bool enabled = false;
  FirewallPolicy pre_flow, pre_stream;
  FirewallPolicy filter{RuleVerb::kDrop, ActionScope::kPacket};
  /// By protocol, direction and progress; shorter than the protocol has states: kDropFlow.
  std::array<std::array<std::vector<FirewallPolicy>, 2>, kProtos> app;

  const FirewallPolicy& app_policy(AppProto proto, Direction direction, std::size_t progress) const {
    const auto& policies = app[static_cast<std::size_t>(proto)][index_of(direction)];
    return progress < policies.size() ? policies[progress] : kDropFlow;
  }
};

/// Progress that a hook of `spec` stands for in one direction ("client_hello_done",
/// "request_started"); -1: it is none of that direction's.
int find_hook(const ProtocolSpec& spec, Direction direction, std::string_view hook);

/// Name of the state for records ("client_hello_done"); empty for protocols whose states have only
/// the general names.
std::string_view hook_name(const ProtocolSpec& spec, Direction direction, std::size_t progress);

FirewallOptions parse_firewall_options(const ConfigNode& root,
                                       std::span<const ProtocolSpec* const> protocols,
                                       Complaints& complaints);

}  // namespace culvert
