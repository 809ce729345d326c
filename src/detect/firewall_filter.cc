// The firewall's part of an inspection (firewall_options.h). Its verdicts hold at once, unlike those
// of threat detection, which are given when all rules have been looked at: what the firewall drops
// is gone for the rules that follow, but an alert is made for those that have been found.

#include <algorithm>

#include "detect/detector_impl.h"

namespace culvert {

bool Detector::Impl::is_flow_start() const {
  return input->flow != nullptr && input->packet != nullptr &&
         input->flow->side(input->direction).packets == 1;
}

bool Detector::Impl::hook_rule_matches(const CompiledRule& rule) {
  if (!protocol_matches(rule) || !header_matches(rule) || !flow_matches(rule)) return false;
  if (rule.hook == PacketHook::kFlowStart && !is_flow_start()) return false;
  counters.rules_inspected.add();
  if (input->packet == nullptr && rule.payload != nullptr) return false;
  if (!packet_matches(rule)) return false;
  bool stream = false;
  return rule.payload == nullptr || payload_matches(rule, stream);
}

void Detector::Impl::firewall_drop(DropReason reason, ActionScope scope, RejectTargets reject) {
  if (Packet* const packet = input->packet) {
    if (reject != RejectTargets::kNone) {
      packet->verdict.make_reject(reject, reason);
    } else {
      packet->verdict.drop(reason);
    }
  }
  if (scope != ActionScope::kFlow || input->flow == nullptr) return;
  input->flow->verdict = FlowVerdict::kDrop;
  input->flow->action = Action::kDrop;
  input->flow->drop_reason = reason;
}

FirewallOutcome Detector::Impl::decide(RuleVerb verb, ActionScope scope, RejectTargets reject,
                                       DropReason reason) {
  switch (verb) {
    case RuleVerb::kAccept:
      if (scope == ActionScope::kTx) return FirewallOutcome::kTransaction;
      if (scope == ActionScope::kPacket) return FirewallOutcome::kPacket;
      if (scope != ActionScope::kFlow) return FirewallOutcome::kHook;
      if (input->flow != nullptr) input->flow->firewall_accepted = true;
      return FirewallOutcome::kFlow;
    case RuleVerb::kConfig:
    case RuleVerb::kAlert:
    case RuleVerb::kPass:
      return FirewallOutcome::kOpen;
    case RuleVerb::kDrop:
    case RuleVerb::kReject:
    case RuleVerb::kRejectDst:
    case RuleVerb::kRejectBoth:
      firewall_drop(reason, scope, reject);
      return FirewallOutcome::kDropped;
  }
  return FirewallOutcome::kOpen;
}

FirewallOutcome Detector::Impl::decide(const CompiledRule& rule, DropReason reason) {
  if (rule.firewall.passes_packet) td_passed = true;
  if (rule.firewall.passes_flow) {
    td_passed = true;
    if (input->flow != nullptr) state.of(*input->flow).passed = true;
  }
  const RejectTargets reject =
      rule.meta.action == Action::kReject ? rule.meta.reject : RejectTargets::kNone;
  return decide(rule.firewall.verb, rule.firewall.scope, reject, reason);
}

FirewallOutcome Detector::Impl::run_hook(std::span<const std::uint32_t> rules, DropReason reason) {
  for (const std::uint32_t number : rules) {
    const CompiledRule& rule = *program->all[number];
    if (!hook_rule_matches(rule)) continue;
    matched(rule, nullptr, false);
    if (!rule.meta.is_firewall) continue;
    const FirewallOutcome outcome = decide(rule, reason);
    if (outcome != FirewallOutcome::kOpen) return outcome;
  }
  return FirewallOutcome::kOpen;
}

void Detector::Impl::add_policy_alert(const RuleMeta* meta, Transaction* transaction) {
  if (meta == nullptr || queue.size() >= options.packet_alert_max) return;
  Alert alert;
  alert.rule = meta;
  alert.rule_number = Alert::kNoRule;
  alert.engine = "fw";
  alert.stage = alert_stage;
  alert.direction = input->direction;
  alert.action = meta->action;
  if (transaction != nullptr) {
    alert.transaction = transaction;
    alert.tx_id = transaction->id;
    alert.has_tx = alert.app_match = true;
  }
  queue.push_back(alert);
}

bool Detector::Impl::has_more_to_inspect() const {
  if (input->packet != nullptr || input->stream.present || input->flush) return true;
  if (input->app.parser == nullptr) return false;
  const std::size_t direction = index_of(input->direction);
  return std::ranges::any_of(input->app.parser->transactions(), [&](const Transaction* each) {
    return each->updated[direction] && !each->inspected[direction];
  });
}

/// packet:filter. The end of a flow is looked at when it brings something.
void Detector::Impl::filter_packet() {
  Packet* const packet = input->packet;
  filters_app = false;
  td_passed = input->flow != nullptr && input->flow->detect != nullptr &&
              input->flow->detect->passed;
  if (packet != nullptr) packet->verdict.firewalled = true;
  if (input->flow != nullptr && input->flow->firewall_accepted) return;
  if (!has_more_to_inspect()) return;
  PacketClass which = PacketClass::kTcp;
  if (packet != nullptr) {
    which = class_of(*packet);
  } else if (!header.is_tcp) {
    which = header.ip_proto == 17 ? PacketClass::kUdp : PacketClass::kOtherIp;
  }
  FirewallOutcome outcome = FirewallOutcome::kOpen;
  if (packet == nullptr || !packet->invalid) {
    outcome = run_hook(program->filter[static_cast<std::size_t>(which)],
                       DropReason::kFirewallRules);
  }
  const FirewallPolicy& policy = options.firewall.filter;
  // What is inspected ahead of its packet is up to the default policy, too: where that drops
  // packets, their transactions are not asked for.
  if (outcome == FirewallOutcome::kOpen && input->flush && packet == nullptr &&
      policy.verb != RuleVerb::kAccept) {
    return;
  }
  if (outcome == FirewallOutcome::kOpen && packet != nullptr) {
    add_policy_alert(program->filter_policy, nullptr);
    outcome = decide(policy.verb, policy.scope, policy.reject(), DropReason::kDefaultPacketPolicy);
    // Threat detection still tells of what only the default policy dropped.
    if (outcome == FirewallOutcome::kDropped) return;
  }
  if (outcome == FirewallOutcome::kDropped) td_passed = true;
  filters_app = outcome == FirewallOutcome::kHook || outcome == FirewallOutcome::kTransaction ||
                outcome == FirewallOutcome::kOpen;
}

bool Detector::Impl::app_rule_matches(const CompiledRule& rule, Transaction& transaction) {
  if (!header_matches(rule) || !flow_matches(rule) || !packet_matches(rule)) return false;
  const std::size_t direction = index_of(input->direction);
  const AppProto proto = input->app.spec->proto;
  bool stream = false;
  for (const TransactionCheck& check : rule.checks[direction]) {
    if (check.kind != TransactionCheck::Kind::kPayload && check.proto != proto) continue;
    if (check.progress > transaction.progress[direction]) return false;
    if (!check_matches(check, rule, transaction, stream)) return false;
  }
  context.direction = input->direction;
  return true;
}

namespace {

/// What the rule looks at comes with the end of the state that the transaction stands at.
bool comes_later(const CompiledRule& rule, const Transaction& transaction, std::size_t direction,
                 std::size_t progress, AppProto proto) {
  if (transaction.progress[direction] != progress) return false;
  return std::ranges::any_of(rule.checks[direction], [&](const TransactionCheck& check) {
    return check.proto == proto && check.kind == TransactionCheck::Kind::kBuffer &&
           check.progress == progress + 1;
  });
}

/// Whether the rule looks at the transaction at all: then it matches it once.
bool has_parts(const CompiledRule& rule, std::size_t direction) {
  return std::ranges::any_of(rule.checks[direction], [](const TransactionCheck& check) {
    return check.kind != TransactionCheck::Kind::kHook;
  });
}

}  // namespace

/// kOpen: it cannot be said yet.
FirewallOutcome Detector::Impl::filter_state(Transaction& transaction, std::size_t progress,
                                             bool& by_policy) {
  const auto& states = program->filter_app[static_cast<std::size_t>(input->app.spec->proto)]
                                          [index_of(input->direction)];
  by_policy = false;
  const CompiledRule* before = nullptr;  ///< matched with what came earlier
  if (progress < states.size()) {
    for (const std::uint32_t number : states[progress].rules) {
      const CompiledRule& rule = *program->all[number];
      const std::size_t direction = index_of(input->direction);
      const auto side = static_cast<std::uint8_t>(direction);
      TransactionDetectState& kept = state_of(transaction);
      const auto* const entry = kept.find(rule.number, side);
      if (entry != nullptr && entry->done) {
        // As long as the transaction stands there, what has decided decides again, and rules after
        // it are not asked. Once it is past, they are; it then decides where none of them does.
        if (transaction.progress[direction] == progress) {
          return decide(rule, DropReason::kFirewallRules);
        }
        if (before == nullptr) before = &rule;
        continue;
      }
      if (comes_later(rule, transaction, direction, progress, input->app.spec->proto)) {
        return FirewallOutcome::kOpen;
      }
      if (!app_rule_matches(rule, transaction)) continue;
      matched(rule, &transaction, false);
      if (has_parts(rule, direction)) kept.entries.push_back({rule.number, 0, side, true});
      const FirewallOutcome outcome = decide(rule, DropReason::kFirewallRules);
      if (outcome != FirewallOutcome::kOpen) return outcome;
    }
    if (before != nullptr) return decide(*before, DropReason::kFirewallRules);
    if (states[progress].auto_accept) return FirewallOutcome::kHook;
    add_policy_alert(states[progress].policy, &transaction);
  }
  by_policy = true;
  const FirewallPolicy& policy =
      options.firewall.app_policy(input->app.spec->proto, input->direction, progress);
  return decide(policy.verb, policy.scope, policy.reject(), DropReason::kDefaultAppPolicy);
}

/// app:filter: the states that the transaction has come to since it was last looked at. The one it
/// stands at is looked at again with the next bytes, as more of it may be there then.
bool Detector::Impl::filter_transaction(Transaction& transaction) {
  TransactionDetectState& kept = state_of(transaction);
  if (kept.firewall_accepted) return true;
  const std::size_t direction = index_of(input->direction);
  const std::size_t complete = input->app.spec->complete(input->direction);
  const std::size_t progress = std::min<std::size_t>(transaction.progress[direction], complete);
  for (std::size_t at = kept.firewall_next[direction]; at <= progress; ++at) {
    bool by_policy = false;
    switch (filter_state(transaction, at, by_policy)) {
      case FirewallOutcome::kOpen:
        return true;
      case FirewallOutcome::kHook:
        break;
      case FirewallOutcome::kTransaction:
        kept.firewall_accepted = true;
        return !by_policy;
      case FirewallOutcome::kPacket:
      case FirewallOutcome::kFlow:
        filters_app = false;
        return !by_policy;
      case FirewallOutcome::kDropped:
        filters_app = false;
        td_passed = true;
        return false;
    }
    if (at < progress || at == complete) {
      kept.firewall_next[direction] = static_cast<std::uint8_t>(at + 1);
    }
  }
  return true;
}

void Detector::Impl::inspect_hook(PacketHook hook, const DetectInput& in) {
  queue.clear();
  output.clear();
  discarded = 0;
  alert_stage = 0;
  if (program == nullptr || in.packet == nullptr || in.packet->invalid) return;
  if (in.flow != nullptr && (in.flow->verdict == FlowVerdict::kPass || in.flow->firewall_accepted)) {
    return;
  }
  begin(in);
  const bool before_flow = hook == PacketHook::kPreFlow;
  const DropReason reason = before_flow ? DropReason::kPreFlowHook : DropReason::kPreStreamHook;
  const FirewallOutcome outcome =
      run_hook(before_flow ? program->pre_flow : program->pre_stream, reason);
  if (outcome == FirewallOutcome::kOpen && options.firewall.enabled) {
    const FirewallPolicy& policy =
        before_flow ? options.firewall.pre_flow : options.firewall.pre_stream;
    static_cast<void>(decide(policy.verb, policy.scope, policy.reject(), reason));
  }
  if (!queue.empty()) finish();
}

}  // namespace culvert
