// What follows when rules have matched: thresholds, then the actions in the order of evaluation.

#include <algorithm>
#include <utility>

#include "detect/detector_impl.h"
#include "packet/rewrite.h"

namespace culvert {

/// `replace`, inline: the bytes go on as the rule wants them.
void Detector::Impl::replace_contents() {
  const std::size_t count = std::exchange(state.inspect.replacements_used, 0);
  if (!options.inline_mode || input->packet == nullptr) return;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [content, at] = state.inspect.replacements[i];
    overwrite_payload(*input->packet, at, content->replacement);
  }
}

void Detector::Impl::count_discarded(const CompiledRule& rule) {
  ++discarded;
  counters.alerts_dropped_queue_full.add();
  if (rule.meta.is_firewall) counters.firewall_discarded_alerts.add();
}

/// Gives up the alert of the last rule in order, where that comes after `rule`; what it decides about
/// the packet holds.
bool Detector::Impl::make_room(const CompiledRule& rule) {
  if (options.firewall.enabled || queue.empty()) return false;
  const auto last = std::ranges::max_element(queue, {}, &Alert::rule_number);
  if (last->rule_number <= rule.number) return false;
  const CompiledRule& loser = *program->all[last->rule_number];
  count_discarded(loser);
  apply(loser, *last);
  queue.erase(last);
  return true;
}

void Detector::Impl::matched(const CompiledRule& rule, Transaction* transaction, bool stream) {
  if (watch != nullptr) [[unlikely]] watch->on_match(*this, rule, stream);
  state.keep_captures(input->flow);
  const std::span<const AlertContext> contexts = state.keep_contexts();
  for (const auto& keyword : rule.post_matches) {
    static_cast<void>(keyword->match(context));
  }
  if (rule.wants_bypass && input->packet != nullptr) input->packet->verdict.bypass = true;
  if (state.inspect.replacements_used != 0) replace_contents();
  if (rule.disables_tracking && input->packet != nullptr) input->packet->no_flow = true;
  const bool has_effect = rule.meta.is_alert || rule.meta.is_pass ||
                          rule.meta.action != Action::kAccept;
  if (!has_effect) return;
  if (queue.size() >= options.packet_alert_max && !make_room(rule)) {
    // Its alert is lost, but what it decides about the packet holds.
    count_discarded(rule);
    if (rule.meta.is_firewall) return;
    Alert lost;
    lost.action = rule.meta.action;
    lost.drop_flow = rule.covers_flow || (rule.covers_flow_if_stateful && stream);
    apply(rule, lost);
    return;
  }
  Alert alert;
  alert.rule = &rule.meta;
  alert.rule_number = rule.number;
  alert.stage = alert_stage;
  if (options.firewall.enabled) alert.engine = rule.meta.is_firewall ? "fw" : "td";
  alert.direction = input->direction;
  alert.action = rule.meta.action;
  alert.stream_match = stream;
  alert.contexts = contexts;
  alert.frame = frame;
  if (frame != nullptr) transaction = transaction_of(*frame);
  if (transaction != nullptr) {
    alert.transaction = transaction;
    alert.tx_id = transaction->id;
    alert.has_tx = alert.app_match = true;
  } else if (frame == nullptr && input->app.parser != nullptr && input->app.spec != nullptr) {
    // The payload of a packet is most likely that of the newest transaction.
    const auto& all = input->app.parser->transactions();
    // A datagram of the rule's protocol is a message of its own: no guess.
    const bool is_datagram =
        input->flow != nullptr && input->flow->key.ip_proto == 17 && rule.protos != kAllProtos;
    if ((options.guess_applayer_tx || is_datagram) && all.size() == 1) {
      alert.transaction = all.back();
      alert.tx_id = all.back()->id;
      alert.has_tx = is_datagram;
    }
  }
  alert.drop_flow = rule.covers_flow || (rule.covers_flow_if_stateful && stream);
  alert.logged = rule.meta.is_alert;
  queue.push_back(alert);
}

ThresholdOutcome Detector::Impl::weigh(const CompiledRule& rule, Alert& alert) {
  if (!rule.threshold && !rule.detection_filter && !rule.rate_filter && rule.suppressions.empty()) {
    return ThresholdOutcome::kAlert;
  }
  ThresholdSubject subject;
  subject.source = header.source;
  subject.destination = header.destination;
  if (input->packet != nullptr) {
    subject.tenant = input->packet->tenant;
  } else {
    subject.tenant = input->flow->key.tenant;
  }
  subject.flow_id = input->flow != nullptr ? input->flow->id : 0;
  subject.time = input->time;
  for (const ThresholdSpec& spec : rule.suppressions) {
    if (ThresholdTable::is_suppressed(spec, subject)) return ThresholdOutcome::kSilent;
  }
  const std::uint64_t id = static_cast<std::uint64_t>(rule.meta.gid) << 32 | rule.meta.sid;
  if (rule.detection_filter) {
    const auto outcome = shared.thresholds.count(*rule.detection_filter, id, 0, subject);
    if (outcome == ThresholdOutcome::kNothing) return outcome;
  }
  if (rule.rate_filter) {
    const auto outcome = shared.thresholds.count(*rule.rate_filter, id, 1, subject);
    if (outcome == ThresholdOutcome::kNewAction) {
      alert.rate_filtered = true;
      switch (rule.rate_filter->new_action) {
        case ThresholdSpec::NewAction::kAlert:
          alert.action = Action::kAccept;
          break;
        case ThresholdSpec::NewAction::kDrop:
          alert.action = Action::kDrop;
          break;
        case ThresholdSpec::NewAction::kReject:
          alert.action = Action::kReject;
          break;
        case ThresholdSpec::NewAction::kPass:
          alert.passes = true;
          alert.logged = false;
          break;
      }
    }
  }
  if (rule.threshold) return shared.thresholds.count(*rule.threshold, id, 2, subject);
  return ThresholdOutcome::kAlert;
}

void Detector::Impl::apply(const CompiledRule& rule, const Alert& alert) {
  if (alert.action == Action::kAccept) return;
  Packet* const packet = input->packet;
  const RejectTargets targets =
      rule.meta.reject != RejectTargets::kNone ? rule.meta.reject : RejectTargets::kBoth;
  const DropReason reason = alert.rate_filtered ? DropReason::kThreshold : DropReason::kRules;
  if (packet != nullptr) {
    if (options.inline_mode) {
      if (alert.action == Action::kReject) {
        packet->verdict.make_reject(targets, reason);
      } else {
        packet->verdict.drop(reason);
      }
    } else if (alert.action == Action::kReject) {
      packet->verdict.reject = targets;
    }
  }
  if (input->flow == nullptr || !alert.drop_flow) return;
  input->flow->action = Action::kDrop;
  if (!options.inline_mode) return;  // its packets go on, but rules look at none of them any more
  input->flow->verdict = FlowVerdict::kDrop;
  input->flow->drop_reason = reason;
}

void Detector::Impl::finish() {
  // Firewall mode: in the order of the stages; rules of threat detection on packets in theirs.
  std::ranges::stable_sort(queue, [&](const Alert& a, const Alert& b) {
    if (!options.firewall.enabled) return a.rule_number < b.rule_number;
    if (a.stage != b.stage) return a.stage < b.stage;
    return a.stage == 1 && a.rule_number < b.rule_number;
  });
  bool passed = false, dropped = false;
  for (Alert& alert : queue) {
    if (alert.rule_number == Alert::kNoRule) {
      write_out(alert);
      continue;
    }
    const CompiledRule& rule = *program->all[alert.rule_number];
    const bool of_firewall = rule.meta.is_firewall;
    if (of_firewall ? dropped : passed) continue;
    const ThresholdOutcome outcome = weigh(rule, alert);
    const bool passes = outcome != ThresholdOutcome::kNothing && (rule.meta.is_pass || alert.passes);
    if (watch != nullptr) [[unlikely]] watch->on_outcome(*this, rule, alert, outcome, passes);
    if (outcome == ThresholdOutcome::kNothing) continue;
    if (!of_firewall) {
      apply(rule, alert);
      dropped = dropped || alert.action != Action::kAccept;
    }
    if (outcome == ThresholdOutcome::kSilent) {
      counters.alerts_suppressed.add();
    } else {
      write_out(alert);
    }
    if (passes) {
      if (alert.drop_flow && input->flow != nullptr) pass_flow();
      if (!options.firewall.enabled) break;
      passed = true;
    }
  }
}

void Detector::Impl::write_out(const Alert& alert) {
  if (!alert.logged && alert.action == Action::kAccept) return;
  output.push_back(alert);
  if (!alert.logged) return;
  counters.alerts.add();
  if (input->flow != nullptr) input->flow->has_alerts = true;
}

/// Of a pass rule. In firewall mode the firewall goes on.
void Detector::Impl::pass_flow() {
  if (input->packet != nullptr && input->packet->verdict.is_drop()) return;
  if (options.firewall.enabled) {
    state.of(*input->flow).passed = true;
  } else {
    input->flow->verdict = FlowVerdict::kPass;
  }
}

}  // namespace culvert
