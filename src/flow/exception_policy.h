// Exception policies: what becomes of traffic when the engine meets a condition in which it cannot
// inspect as it should: memory full, a connection picked up in its middle, a parser that gave up.
// Names, keys and defaults are Suricata's ("Exception Policies" in its manual); `observe` is ours: it
// lets traffic pass and counts what would have been dropped.
//
// An explicit policy of a key wins; else `exception-policy`, the master switch, decides; without it,
// or with "auto", the default is drop-flow inline (drop-packet where there is no flow) and ignore
// when only watching.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config_node.h"
#include "flow/flow.h"
#include "metrics/counter.h"

namespace culvert {

enum class ExceptionPolicy : std::uint8_t {
  kIgnore,
  kAuto,        ///< never the outcome of parsing
  kDropPacket,
  kDropFlow,
  kReject,
  kRejectWatching,  ///< reject where packets are only watched: counted, and nothing more
  kBypass,      ///< the rest of the flow goes uninspected
  kPassPacket,  ///< this packet's payload goes uninspected
  kPassFlow,
  kObserve,     ///< as kIgnore, but counted as what would have been done
  kLast = kObserve,
};

constexpr std::array<std::string_view, static_cast<std::size_t>(ExceptionPolicy::kLast) + 1>
    kExceptionPolicyNames{"ignore", "auto",   "drop_packet", "drop_flow", "reject", "reject",
                          "bypass", "pass_packet", "pass_flow", "observe"};
/// As in counters and EVE: "drop_flow".
constexpr std::string_view name_of(ExceptionPolicy policy) {
  return kExceptionPolicyNames[static_cast<std::size_t>(policy)];
}

/// The conditions.
enum class ExceptionTarget : std::uint8_t {
  kDefragMemcap,
  kStreamMemcap,
  kStreamReassemblyMemcap,
  kFlowMemcap,
  kMidstream,
  kAppError,
  kLast = kAppError,
};
constexpr std::size_t kExceptionTargets = static_cast<std::size_t>(ExceptionTarget::kLast) + 1;

/// As in EVE's `flow.exception_policy[].target`.
constexpr std::array<std::string_view, kExceptionTargets> kExceptionTargetNames{
    "defrag_memcap", "stream_memcap",    "stream_reassembly_memcap",
    "flow_memcap",   "stream_midstream", "app_layer_error"};
constexpr std::string_view name_of(ExceptionTarget target) {
  return kExceptionTargetNames[static_cast<std::size_t>(target)];
}

/// Which policy was applied to the flow for `target`, if it befell it.
constexpr std::optional<ExceptionPolicy> policy_applied(const Flow& flow, ExceptionTarget target) {
  const std::uint32_t bits = flow.exception_policies >> (4 * static_cast<unsigned>(target)) & 15;
  if (bits == 0) return std::nullopt;
  return static_cast<ExceptionPolicy>(bits - 1);
}

/// The reason for dropping a later packet of a flow whose verdict is kDrop.
constexpr DropReason later_drop_reason(const Flow& flow) {
  if (is_of_firewall(flow.drop_reason)) return DropReason::kFirewallFlowDrop;
  return flow.exception_policies != 0 && flow.drop_reason != DropReason::kRules
             ? DropReason::kExceptionPolicyFlowDrop
             : DropReason::kFlowDrop;
}

/// From a configuration value ("drop-flow"); nothing when there is no such policy.
std::optional<ExceptionPolicy> find_exception_policy(std::string_view word);

/// What holds for all keys.
struct ExceptionPolicyContext {
  bool inline_mode = false;  ///< IPS: packets can be dropped, or `--simulate-ips`
  ExceptionPolicy master = ExceptionPolicy::kAuto;
  bool master_set = false;
};
/// Reads `exception-policy` from the root of the configuration.
ExceptionPolicyContext parse_exception_policy_context(const ConfigNode& root, bool inline_mode,
                                                      Complaints& complaints);

/// Reads one policy, such as `stream.midstream-policy`. For packets that have no flow (defrag, flow
/// memcap) a flow policy becomes the one for a packet, with a warning. kMidstream is about flows:
/// there the policies for packets are errors, as is drop-flow when not inline, and, when sessions
/// are picked up midstream (`midstream_enabled`), all but pass-flow and ignore.
ExceptionPolicy parse_exception_policy(const ConfigNode& root, std::string_view path,
                                       ExceptionTarget target,
                                       const ExceptionPolicyContext& context,
                                       Complaints& complaints, bool midstream_enabled = false);

/// How often each policy was applied for one target; `<target>_exception_policy.<policy>`.
struct ExceptionPolicyCounters {
  Counter ignore, drop_packet, drop_flow, reject, bypass, pass_packet, pass_flow;
  Counter& of(ExceptionPolicy policy);
  /// Appends those of policies that make sense for `target`, named as Suricata does
  /// ("tcp.ssn_memcap_exception_policy.drop_flow").
  void append(ExceptionTarget target, std::vector<NamedCounter>& out) const;
};

/// Applies `policy` to the packet and its flow, if it has one: sets the packet's verdict with
/// `reason`, its inspection flags, the flow's verdict and action, and counts.
void apply_exception_policy(ExceptionPolicy policy, ExceptionTarget target, DropReason reason,
                            Packet& packet, ExceptionPolicyCounters& counters);

}  // namespace culvert
