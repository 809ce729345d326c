#include "flow/exception_policy.h"

#include <string>

namespace culvert {
namespace {

struct PolicyWord {
  std::string_view word;
  ExceptionPolicy policy;
};
constexpr PolicyWord kWords[] = {
    {"auto", ExceptionPolicy::kAuto},
    {"ignore", ExceptionPolicy::kIgnore},
    {"drop-packet", ExceptionPolicy::kDropPacket},
    {"drop-flow", ExceptionPolicy::kDropFlow},
    {"reject", ExceptionPolicy::kReject},
    {"bypass", ExceptionPolicy::kBypass},
    {"pass-packet", ExceptionPolicy::kPassPacket},
    {"pass-flow", ExceptionPolicy::kPassFlow},
    {"observe", ExceptionPolicy::kObserve},
};
constexpr std::string_view kWordList =
    "one of drop-flow, pass-flow, bypass, reject, drop-packet, pass-packet, ignore, auto, observe";

bool has_no_flow(ExceptionTarget target) {
  return target == ExceptionTarget::kDefragMemcap || target == ExceptionTarget::kFlowMemcap;
}

ExceptionPolicy for_packet(ExceptionPolicy policy) {
  switch (policy) {
    case ExceptionPolicy::kDropFlow:
      return ExceptionPolicy::kDropPacket;
    case ExceptionPolicy::kPassFlow:
      return ExceptionPolicy::kPassPacket;
    case ExceptionPolicy::kBypass:
      return ExceptionPolicy::kIgnore;
    case ExceptionPolicy::kIgnore:
    case ExceptionPolicy::kAuto:
    case ExceptionPolicy::kDropPacket:
    case ExceptionPolicy::kReject:
    case ExceptionPolicy::kRejectWatching:
    case ExceptionPolicy::kPassPacket:
    case ExceptionPolicy::kObserve:
      return policy;
  }
  return policy;
}

/// What would have been right for kMidstream, or nothing if `policy` is.
std::string_view midstream_words(ExceptionPolicy policy, bool inline_mode, bool midstream_enabled) {
  switch (policy) {
    case ExceptionPolicy::kIgnore:
    case ExceptionPolicy::kPassFlow:
    case ExceptionPolicy::kObserve:
    case ExceptionPolicy::kAuto:
      return {};
    case ExceptionPolicy::kDropPacket:
    case ExceptionPolicy::kPassPacket:
    case ExceptionPolicy::kDropFlow:
    case ExceptionPolicy::kReject:
    case ExceptionPolicy::kRejectWatching:
    case ExceptionPolicy::kBypass:
      break;
  }
  if (midstream_enabled) return "pass-flow or ignore, as sessions are picked up midstream";
  if (policy == ExceptionPolicy::kDropPacket || policy == ExceptionPolicy::kPassPacket) {
    return "a policy for flows: drop-flow, pass-flow, bypass, reject, ignore or auto";
  }
  if (policy == ExceptionPolicy::kDropFlow && !inline_mode) {
    return "pass-flow, bypass, reject, ignore or auto: packets are only watched (IDS)";
  }
  return {};
}

struct PolicyCounterName {
  std::string_view name;
  ExceptionTarget target;
  Counter ExceptionPolicyCounters::*member;
};
constexpr std::string_view kCounterHelp = "Times that this exception policy was applied";
// clang-format off
constexpr PolicyCounterName kCounterNames[] = {
    {"exception_policy.flow.memcap.pass_packet", ExceptionTarget::kFlowMemcap, &ExceptionPolicyCounters::pass_packet},
    {"exception_policy.flow.memcap.bypass", ExceptionTarget::kFlowMemcap, &ExceptionPolicyCounters::bypass},
    {"exception_policy.flow.memcap.drop_packet", ExceptionTarget::kFlowMemcap, &ExceptionPolicyCounters::drop_packet},
    {"exception_policy.flow.memcap.reject", ExceptionTarget::kFlowMemcap, &ExceptionPolicyCounters::reject},
    {"exception_policy.defrag.memcap.pass_packet", ExceptionTarget::kDefragMemcap, &ExceptionPolicyCounters::pass_packet},
    {"exception_policy.defrag.memcap.bypass", ExceptionTarget::kDefragMemcap, &ExceptionPolicyCounters::bypass},
    {"exception_policy.defrag.memcap.drop_packet", ExceptionTarget::kDefragMemcap, &ExceptionPolicyCounters::drop_packet},
    {"exception_policy.defrag.memcap.reject", ExceptionTarget::kDefragMemcap, &ExceptionPolicyCounters::reject},
    {"exception_policy.tcp.ssn_memcap.pass_packet", ExceptionTarget::kStreamMemcap, &ExceptionPolicyCounters::pass_packet},
    {"exception_policy.tcp.ssn_memcap.pass_flow", ExceptionTarget::kStreamMemcap, &ExceptionPolicyCounters::pass_flow},
    {"exception_policy.tcp.ssn_memcap.bypass", ExceptionTarget::kStreamMemcap, &ExceptionPolicyCounters::bypass},
    {"exception_policy.tcp.ssn_memcap.drop_packet", ExceptionTarget::kStreamMemcap, &ExceptionPolicyCounters::drop_packet},
    {"exception_policy.tcp.ssn_memcap.drop_flow", ExceptionTarget::kStreamMemcap, &ExceptionPolicyCounters::drop_flow},
    {"exception_policy.tcp.ssn_memcap.reject", ExceptionTarget::kStreamMemcap, &ExceptionPolicyCounters::reject},
    {"exception_policy.tcp.midstream.pass_flow", ExceptionTarget::kMidstream, &ExceptionPolicyCounters::pass_flow},
    {"exception_policy.tcp.midstream.bypass", ExceptionTarget::kMidstream, &ExceptionPolicyCounters::bypass},
    {"exception_policy.tcp.midstream.drop_flow", ExceptionTarget::kMidstream, &ExceptionPolicyCounters::drop_flow},
    {"exception_policy.tcp.midstream.reject", ExceptionTarget::kMidstream, &ExceptionPolicyCounters::reject},
    {"exception_policy.tcp.reassembly.pass_packet", ExceptionTarget::kStreamReassemblyMemcap, &ExceptionPolicyCounters::pass_packet},
    {"exception_policy.tcp.reassembly.pass_flow", ExceptionTarget::kStreamReassemblyMemcap, &ExceptionPolicyCounters::pass_flow},
    {"exception_policy.tcp.reassembly.bypass", ExceptionTarget::kStreamReassemblyMemcap, &ExceptionPolicyCounters::bypass},
    {"exception_policy.tcp.reassembly.drop_packet", ExceptionTarget::kStreamReassemblyMemcap, &ExceptionPolicyCounters::drop_packet},
    {"exception_policy.tcp.reassembly.drop_flow", ExceptionTarget::kStreamReassemblyMemcap, &ExceptionPolicyCounters::drop_flow},
    {"exception_policy.tcp.reassembly.reject", ExceptionTarget::kStreamReassemblyMemcap, &ExceptionPolicyCounters::reject},
    {"exception_policy.app_layer.error.pass_packet", ExceptionTarget::kAppError, &ExceptionPolicyCounters::pass_packet},
    {"exception_policy.app_layer.error.pass_flow", ExceptionTarget::kAppError, &ExceptionPolicyCounters::pass_flow},
    {"exception_policy.app_layer.error.bypass", ExceptionTarget::kAppError, &ExceptionPolicyCounters::bypass},
    {"exception_policy.app_layer.error.drop_packet", ExceptionTarget::kAppError, &ExceptionPolicyCounters::drop_packet},
    {"exception_policy.app_layer.error.drop_flow", ExceptionTarget::kAppError, &ExceptionPolicyCounters::drop_flow},
    {"exception_policy.app_layer.error.reject", ExceptionTarget::kAppError, &ExceptionPolicyCounters::reject},
};
// clang-format on

}  // namespace

std::optional<ExceptionPolicy> find_exception_policy(std::string_view word) {
  for (const auto& [name, policy] : kWords) {
    if (name == word) return policy;
  }
  return std::nullopt;
}

ExceptionPolicyContext parse_exception_policy_context(const ConfigNode& root, bool inline_mode,
                                                      Complaints& complaints) {
  ExceptionPolicyContext context;
  context.inline_mode = inline_mode;
  if (!root.has("exception-policy")) return context;
  const ConfigNode* const node = root.find("exception-policy");
  const auto policy = find_exception_policy(node->value());
  if (!policy) {
    node->complain("exception-policy", kWordList, complaints);
    return context;
  }
  const bool drops =
      *policy == ExceptionPolicy::kDropPacket || *policy == ExceptionPolicy::kDropFlow;
  context.master = drops && !inline_mode ? ExceptionPolicy::kIgnore : *policy;
  context.master_set = true;
  return context;
}

ExceptionPolicy parse_exception_policy(const ConfigNode& root, std::string_view path,
                                       ExceptionTarget target,
                                       const ExceptionPolicyContext& context,
                                       Complaints& complaints, bool midstream_enabled) {
  ExceptionPolicy policy = context.master_set ? context.master : ExceptionPolicy::kAuto;
  const ConfigNode* const node = root.has(path) ? root.find(path) : nullptr;
  bool of_this_key = false;
  if (node != nullptr) {
    if (const auto own = find_exception_policy(node->value())) {
      policy = *own;
      of_this_key = true;
    } else {
      node->complain(path, kWordList, complaints);
    }
  }
  if (policy == ExceptionPolicy::kAuto) {
    policy = context.inline_mode ? ExceptionPolicy::kDropFlow : ExceptionPolicy::kIgnore;
  }
  if (policy == ExceptionPolicy::kReject && !context.inline_mode) {
    policy = ExceptionPolicy::kRejectWatching;
  }
  if (target == ExceptionTarget::kMidstream) {
    const std::string_view wanted = midstream_words(policy, context.inline_mode, midstream_enabled);
    if (wanted.empty()) return policy;
    if (of_this_key && node->value() != "auto") node->complain(path, wanted, complaints);
    if (!of_this_key && context.master_set && context.master != ExceptionPolicy::kAuto &&
        !midstream_enabled) {
      complaints.error("exception-policy: for stream.midstream-policy, " + std::string(wanted));
    }
    return ExceptionPolicy::kIgnore;
  }
  if (!has_no_flow(target)) return policy;
  const ExceptionPolicy packet_policy = for_packet(policy);
  if (of_this_key && packet_policy != policy && node->value() != "auto") {
    complaints.warning(std::string(path) + ": no flow to apply \"" + node->value() +
                           "\" to, taken as \"" + std::string(name_of(packet_policy)) + "\"",
                       node->place().text());
  }
  return packet_policy;
}

Counter& ExceptionPolicyCounters::of(ExceptionPolicy policy) {
  switch (policy) {
    case ExceptionPolicy::kDropPacket:
      return drop_packet;
    case ExceptionPolicy::kDropFlow:
      return drop_flow;
    case ExceptionPolicy::kReject:
    case ExceptionPolicy::kRejectWatching:
      return reject;
    case ExceptionPolicy::kBypass:
      return bypass;
    case ExceptionPolicy::kPassPacket:
      return pass_packet;
    case ExceptionPolicy::kPassFlow:
      return pass_flow;
    case ExceptionPolicy::kIgnore:
    case ExceptionPolicy::kAuto:
    case ExceptionPolicy::kObserve:
      return ignore;
  }
  return ignore;
}

void ExceptionPolicyCounters::append(ExceptionTarget target, std::vector<NamedCounter>& out) const {
  for (const PolicyCounterName& line : kCounterNames) {
    if (line.target != target) continue;
    out.push_back({line.name, kCounterHelp, CounterKind::kCounter, &(this->*line.member)});
  }
}

void apply_exception_policy(ExceptionPolicy policy, ExceptionTarget target, DropReason reason,
                            Packet& packet, ExceptionPolicyCounters& counters) {
  Flow* const flow = packet.flow;
  if (flow != nullptr) {
    const unsigned shift = 4 * static_cast<unsigned>(target);
    flow->exception_policies &= ~(15u << shift);
    flow->exception_policies |= (static_cast<std::uint32_t>(policy) + 1) << shift;
  }
  counters.of(policy).add();
  const auto drop_flow = [&] {
    if (flow == nullptr) return;
    flow->verdict = FlowVerdict::kDrop;
    flow->action = Action::kDrop;
    flow->drop_reason = reason;
    flow->no_payload_inspection = true;
  };
  switch (policy) {
    case ExceptionPolicy::kIgnore:
    case ExceptionPolicy::kAuto:
    case ExceptionPolicy::kObserve:
      break;
    case ExceptionPolicy::kRejectWatching:
      break;
    case ExceptionPolicy::kReject:
      drop_flow();
      packet.verdict.make_reject(RejectTargets::kSource, reason);
      packet.no_inspection = true;
      break;
    case ExceptionPolicy::kDropFlow:
      drop_flow();
      packet.verdict.drop(reason);
      packet.no_inspection = true;
      break;
    case ExceptionPolicy::kDropPacket:
      packet.verdict.drop(reason);
      packet.no_inspection = true;
      break;
    case ExceptionPolicy::kBypass:
      packet.verdict.bypass = true;
      packet.no_inspection = true;
      if (flow != nullptr) {
        flow->verdict = FlowVerdict::kBypass;
        flow->state = FlowState::kBypassedLocal;
      }
      break;
    case ExceptionPolicy::kPassFlow:
      if (flow != nullptr) flow->verdict = FlowVerdict::kPass;
      packet.no_inspection = true;
      break;
    case ExceptionPolicy::kPassPacket:
      packet.no_payload_inspection = true;
      break;
  }
}

}  // namespace culvert
