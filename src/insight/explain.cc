#include "insight/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "insight/hex_excerpt.h"
#include "packet/packet_events.h"
#include "rule/parser.h"

namespace culvert {
namespace {

constexpr std::size_t kMaxFlowEnds = 65536;

WatchStage stage_of(RuleType type) {
  switch (type) {
    case RuleType::kIpOnly:
    case RuleType::kLikeIpOnly:
      return WatchStage::kFirstPacket;
    case RuleType::kProtocolOnly:
      return WatchStage::kProtocol;
    case RuleType::kDecoderEvent:
      return WatchStage::kDecoderEvents;
    case RuleType::kTransaction:
      return WatchStage::kTransactions;
    case RuleType::kFrame:
      return WatchStage::kFrames;
    case RuleType::kPacket:
    case RuleType::kPacketStream:
    case RuleType::kStream:
    case RuleType::kAppLayer:
      return WatchStage::kPackets;
  }
  return WatchStage::kPackets;
}

std::uint64_t number_of(const Packet* packet) {
  while (packet != nullptr && packet->number == 0 && packet->root != nullptr) packet = packet->root;
  return packet != nullptr ? packet->number : 0;
}

std::string name_rule(const RuleMeta& rule) { return fmt::format("{}:{}", rule.gid, rule.sid); }

std::string end_text(const IpAddress& address, std::uint16_t port) {
  return port == 0 ? address.text() : fmt::format("{}:{}", address.text(), port);
}

std::string outcome_text(const CompiledRule& rule, ThresholdOutcome outcome) {
  std::string by;
  if (!rule.suppressions.empty()) by = "suppress of threshold.config";
  if (rule.threshold) by += by.empty() ? "threshold" : " or threshold";
  if (rule.detection_filter) by = "detection_filter";
  switch (outcome) {
    case ThresholdOutcome::kAlert:
      return "alert";
    case ThresholdOutcome::kSilent:
      return "no alert, but its action is taken: " + by;
    case ThresholdOutcome::kNothing:
      return "as if it had not matched: " + by + " wants more matches first";
    case ThresholdOutcome::kNewAction:
      return "alert, with the action of rate_filter";
  }
  return {};
}

}  // namespace

void Explainer::find_rule(const Detector::Impl& detector) {
  program_ = detector.program;
  rule_ = nullptr;
  for (const auto& rule : program_->all) {
    if (rule->meta.sid == options_.sid && rule->meta.gid == options_.gid) rule_ = rule.get();
  }
  if (rule_ == nullptr) return;
  explanation_.found = true;
  const RuleMeta& meta = rule_->meta;
  explanation_.text = meta.text;
  explanation_.file = meta.file;
  explanation_.line = meta.line;
  explanation_.msg = meta.msg;
  explanation_.sid = meta.sid;
  explanation_.gid = meta.gid;
  explanation_.rev = meta.rev;
  explanation_.type = name_of(rule_->type);
  explanation_.fast_pattern = "none: found by header alone";
  if (rule_->indexed != nullptr) {
    explanation_.fast_pattern = fmt::format(
        "\"{}\" in {}", quote_content(rule_->indexed->bytes),
        buffer_name(rule_->buffers[static_cast<std::size_t>(rule_->indexed_buffer)]));
  }
  const RuleKind kind = meta.is_firewall ? RuleKind::kFirewall : RuleKind::kDetection;
  if (auto ast = parse_rule(meta.text, kind); ast) {
    ast_ = *ast;
    if (auto origins = find_rule_origins(ast_, options_.environment); origins) {
      origins_ = std::move(*origins);
    }
  }
}

void Explainer::on_not_inspected(const Packet& packet, const Flow* flow, NotInspected why) {
  ++explanation_.packets;
  ++explanation_.not_inspected;
  std::string text;
  switch (why) {
    case NotInspected::kFlowPassed:
      text = "the flow was passed";
      break;
    case NotInspected::kFlowDropped:
      text = "the flow was dropped";
      break;
    case NotInspected::kFlowBypassed:
      text = "the flow was bypassed";
      break;
    case NotInspected::kPacket:
      text = "packets that are not inspected (no rules, or encrypted)";
      break;
  }
  if (flow != nullptr) {
    if (const auto found = flow_ends_.find(flow->id); found != flow_ends_.end()) {
      text += " by " + found->second;
    }
  }
  static_cast<void>(packet);
  ++explanation_.notes[text];
}

void Explainer::begin_inspect(Detector::Impl& detector) {
  if (detector.program != program_) find_rule(detector);
  const Packet* const packet = detector.input->packet;
  if (packet != nullptr) ++explanation_.packets;
  const std::uint64_t number = number_of(packet);
  in_range_ = rule_ != nullptr &&
              (options_.first_packet == 0 || number >= options_.first_packet || number == 0) &&
              (options_.last_packet == 0 || number <= options_.last_packet);
  any_told_ = false;
  of_packet_.clear();
  ended_by_.clear();
}

void Explainer::begin_rules(Detector::Impl&, WatchStage stage, std::span<const std::uint32_t>) {
  stage_ = stage;
  stage_is_ours_ = in_range_ && stage == stage_of(rule_->type);
  told_ = false;
}

void Explainer::before_rule(Detector::Impl& detector, const CompiledRule& rule) {
  if (stage_is_ours_ && !told_ && rule.number >= rule_->number) tell(detector);
}

void Explainer::end_rules(Detector::Impl& detector, WatchStage) {
  if (stage_is_ours_ && !told_) tell(detector);
  stage_is_ours_ = false;
}

void Explainer::begin_attempt(Detector::Impl& detector) {
  const DetectInput& input = *detector.input;
  attempt_.emplace();
  Attempt& attempt = *attempt_;
  attempt.packet = number_of(input.packet);
  const std::string_view direction = name_of(input.direction);
  if (input.packet == nullptr) {
    attempt.when = fmt::format("end of the flow ({})", direction);
  } else if (input.packet->root != nullptr) {
    attempt.when = fmt::format("packet {}, what is in it ({})", attempt.packet, direction);
  } else {
    attempt.when = fmt::format("packet {} ({})", attempt.packet, direction);
  }
  if (detector.context.transaction != nullptr) {
    attempt.when += fmt::format(", transaction {}", detector.context.transaction->id);
  }
  std::uint16_t ports[2] = {0, 0};
  if (input.packet != nullptr) {
    ports[0] = input.packet->source_port;
    ports[1] = input.packet->destination_port;
  } else {
    const bool forward = input.direction == Direction::kToServer;
    ports[forward ? 0 : 1] = input.flow->client_port();
    ports[forward ? 1 : 0] = input.flow->server_port();
  }
  if (detector.header.layer3 == Layer3::kIpv4 || detector.header.layer3 == Layer3::kIpv6) {
    attempt.ends = fmt::format("{} -> {}", end_text(detector.header.source, ports[0]),
                               end_text(detector.header.destination, ports[1]));
  } else {
    attempt.ends = detector.header.layer3 == Layer3::kArp ? "ARP" : "not IP";
  }
  if (input.packet == nullptr) return;
  if (input.packet->bad_ip_checksum || input.packet->bad_l4_checksum) {
    add(AccountStep::Answer::kNote, "wrong checksum",
        "streams and protocols do not see the packet; -k none trusts the capture");
  }
  std::string events;
  for (const std::uint16_t event : input.packet->events) {
    events += events.empty() ? "" : ", ";
    events += event < kDecoderEventCount ? "decoder." : "";
    events += kPacketEventNames[event];
  }
  if (!events.empty()) add(AccountStep::Answer::kNote, "events", events);
}

void Explainer::tell(Detector::Impl& detector) {
  told_ = any_told_ = true;
  begin_attempt(detector);
  // What the account evaluates must leave no trace for the real evaluation that follows.
  const MatchContext context = detector.context;
  const InspectState inspect = detector.state.inspect;
  bool holds = false;
  switch (stage_) {
    case WatchStage::kDecoderEvents:
      holds = tell_packet_matches(detector);
      break;
    case WatchStage::kFirstPacket:
      holds = tell_header(detector) && tell_packet_matches(detector);
      break;
    case WatchStage::kProtocol:
      holds = tell_protocol(detector) && tell_header(detector) && tell_packet_matches(detector);
      break;
    case WatchStage::kPackets:
      holds = tell_header(detector) && tell_protocol(detector) && tell_flow(detector);
      if (holds) tell_fast_pattern(detector);
      holds = holds && tell_packet_matches(detector) && tell_payload(detector);
      break;
    case WatchStage::kFrames:
      holds = tell_header(detector) && tell_protocol(detector) && tell_flow(detector) &&
              tell_packet_matches(detector) && tell_frame(detector);
      break;
    case WatchStage::kTransactions:
      holds = tell_transaction(detector);
      break;
  }
  attempt_->account_matches = holds;
  detector.state.forget_captures();
  detector.state.inspect = inspect;
  detector.context = context;
  of_packet_.push_back(std::move(*attempt_));
  attempt_.reset();
}

void Explainer::on_match(Detector::Impl&, const CompiledRule& rule, bool stream) {
  if (&rule != rule_) return;
  ++explanation_.matches;
  if (of_packet_.empty()) return;
  Attempt& attempt = of_packet_.back();
  attempt.matched = true;
  attempt.steps.push_back({AccountStep::Answer::kYes, "the rule matches",
                           stream ? "on reassembled bytes" : ""});
}

void Explainer::on_outcome(Detector::Impl& detector, const CompiledRule& rule, const Alert& alert,
                           ThresholdOutcome outcome, bool ends) {
  const Packet* const packet = detector.input->packet;
  const Flow* const flow = detector.input->flow;
  const bool decides_flow =
      flow != nullptr && alert.drop_flow && flow_ends_.size() < kMaxFlowEnds &&
      (ends || (alert.action != Action::kAccept && detector.options.inline_mode &&
                outcome != ThresholdOutcome::kNothing));
  if (decides_flow) {
    flow_ends_.emplace(flow->id, fmt::format("rule {} at packet {}", name_rule(rule.meta),
                                             number_of(packet)));
  }
  if (ends) ended_by_ = name_rule(rule.meta);
  if (&rule != rule_) return;
  const bool alerts = alert.logged && (outcome == ThresholdOutcome::kAlert ||
                                       outcome == ThresholdOutcome::kNewAction);
  if (alerts) ++explanation_.alerts;
  for (Attempt& attempt : of_packet_) {
    if (!attempt.matched || attempt.alerted) continue;
    const bool has_limits = rule.threshold || rule.detection_filter || rule.rate_filter ||
                            !rule.suppressions.empty();
    if (has_limits) {
      attempt.steps.push_back({outcome == ThresholdOutcome::kAlert ? AccountStep::Answer::kYes
                                                                   : AccountStep::Answer::kNo,
                               "thresholds", outcome_text(rule, outcome)});
      if (!alerts) attempt.stopped_at = "thresholds";
    }
    if (!alert.logged) {
      attempt.steps.push_back({AccountStep::Answer::kNote, "makes no alert",
                               rule.meta.is_pass ? "a pass rule" : "noalert, or a config rule"});
    }
    attempt.alerted = alerts;
    break;
  }
}

void Explainer::end_inspect(Detector::Impl& detector) {
  if (!in_range_) return;
  if (!any_told_) {
    begin_attempt(detector);
    tell_stage_not_reached(detector);
    of_packet_.push_back(std::move(*attempt_));
    attempt_.reset();
  }
  for (Attempt& attempt : of_packet_) {
    if (attempt.account_matches != attempt.matched) {
      ++explanation_.disagreements;
      attempt.steps.push_back(
          {AccountStep::Answer::kNote,
           attempt.matched ? "detection says that it matches" : "detection says that it does not",
           attempt.matched ? "by a part kept from an earlier packet, or this account errs"
                           : "it matched before on this transaction, its fast pattern was not seen, "
                             "or this account errs"});
    }
    if (attempt.matched && !attempt.alerted && attempt.stopped_at.empty()) {
      if (!ended_by_.empty() && rule_->meta.is_alert) {
        attempt.stopped_at = fmt::format("pass rule {}", ended_by_);
        attempt.steps.push_back({AccountStep::Answer::kNo, "order of actions",
                                 fmt::format("rule {} passes the packet before this one has its say",
                                             ended_by_)});
      } else if (rule_->meta.is_alert) {
        attempt.stopped_at = "packet-alert-max";
        attempt.steps.push_back({AccountStep::Answer::kNo, "packet-alert-max",
                                 "more rules matched than a packet may have alerts"});
      }
    }
    keep(std::move(attempt));
  }
  of_packet_.clear();
}

void Explainer::keep(Attempt attempt) {
  if (!attempt.stopped_at.empty()) ++explanation_.stops[attempt.stopped_at];
  std::vector<Attempt>& all = explanation_.attempts;
  if (all.size() < kMaxAttempts) {
    all.push_back(std::move(attempt));
    return;
  }
  const auto worst = std::ranges::min_element(all, {}, [](const Attempt& each) {
    return each.matched ? ~std::size_t{0} : each.held;
  });
  const std::size_t value = attempt.matched ? ~std::size_t{0} : attempt.held;
  const std::size_t least = worst->matched ? ~std::size_t{0} : worst->held;
  if (value <= least) return;
  all.erase(worst);
  all.push_back(std::move(attempt));
}

}  // namespace culvert
