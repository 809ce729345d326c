// The rule's conditions one by one, as words.

#include <fmt/format.h>

#include <algorithm>

#include "insight/explain.h"
#include "insight/hex_excerpt.h"

namespace culvert {
namespace {

using Answer = AccountStep::Answer;

std::string_view progress_name(const ProtocolSpec& spec, Direction direction, std::uint8_t progress) {
  const auto& names =
      direction == Direction::kToServer ? spec.to_server_states : spec.to_client_states;
  return progress < names.size() ? names[progress] : std::string_view("complete");
}

}  // namespace

bool Explainer::add(Answer answer, std::string what, std::string detail) {
  const bool holds = answer == Answer::kYes;
  if (holds) {
    ++attempt_->held;
  } else if ((answer == Answer::kNo || answer == Answer::kWaits) && attempt_->stopped_at.empty()) {
    attempt_->stopped_at = what;
  }
  attempt_->steps.push_back({answer, std::move(what), std::move(detail)});
  return holds;
}

bool Explainer::tell_header(const Detector::Impl& detector) {
  const RuleHeader& want = rule_->header;
  const auto in = [](const SetRow& row, std::uint16_t set) { return set == 0xffff || row.has(set); };
  const auto& header = detector.header;
  bool protocol = detector.header_matches(*rule_);
  if (!protocol) {  // which part is it?
    const bool ip = header.layer3 == Layer3::kIpv4 || header.layer3 == Layer3::kIpv6;
    switch (want.layer) {
      case RuleHeader::Layer::kPacket:
        protocol = true;
        break;
      case RuleHeader::Layer::kEthernet:
        protocol = detector.input->packet != nullptr && !detector.input->packet->ethernet.empty();
        break;
      case RuleHeader::Layer::kArp:
        protocol = header.layer3 == Layer3::kArp;
        break;
      case RuleHeader::Layer::kIp:
        protocol = ip;
        break;
      case RuleHeader::Layer::kIpv4:
        protocol = header.layer3 == Layer3::kIpv4;
        break;
      case RuleHeader::Layer::kIpv6:
        protocol = header.layer3 == Layer3::kIpv6;
        break;
    }
    if (protocol && !want.any_protocol) protocol = want.protocols.test(header.ip_proto);
  }
  if (!add(protocol ? Answer::kYes : Answer::kNo, "protocol " + ast_.protocol,
           fmt::format("the packet has IP protocol {}", header.ip_proto))) {
    return false;
  }
  if (detector.header_matches(*rule_)) {
    return add(Answer::kYes, "addresses and ports", attempt_->ends);
  }
  struct Part {
    const char* name;
    const RuleText* text;
    bool holds;
    std::string value;
  };
  const std::string& ends = attempt_->ends;
  const std::size_t arrow = ends.find(" -> ");
  const std::string source = ends.substr(0, arrow);
  const std::string destination = arrow == ends.npos ? std::string() : ends.substr(arrow + 4);
  const Part parts[] = {
      {"source", &ast_.source, in(header.source_row, want.source), source},
      {"source port", &ast_.source_ports, in(header.source_port_row, want.source_ports), source},
      {"destination", &ast_.destination, in(header.destination_row, want.destination), destination},
      {"destination port", &ast_.destination_ports,
       in(header.destination_port_row, want.destination_ports), destination},
  };
  for (const Part& part : parts) {
    std::string detail = part.value;
    if (!part.holds) detail += " is not in it";
    const std::string_view text = part.text->text;
    if (!part.holds && text.find('$') != text.npos && options_.environment.config != nullptr) {
      const std::string_view name = text.substr(text.find('$') + 1);
      const std::string key(name.substr(0, name.find_first_of(",] ")));
      for (const char* const group : {"vars.address-groups.", "vars.port-groups."}) {
        const std::string value = options_.environment.config->text(group + key);
        if (!value.empty()) detail += fmt::format("; ${} is {}", key, value);
      }
    }
    add(part.holds ? Answer::kYes : Answer::kNo, fmt::format("{} {}", part.name, text), detail);
  }
  if (want.both_ways) add(Answer::kNote, "<>", "nor do they match the other way round");
  return false;
}

bool Explainer::tell_flow(const Detector::Impl& detector) {
  const FlowRequirements& want = rule_->flow;
  const DetectInput& input = *detector.input;
  if (rule_->direction && *rule_->direction != input.direction) {
    return add(Answer::kNo, fmt::format("direction {}", name_of(*rule_->direction)),
               fmt::format("the packet goes {}", name_of(input.direction)));
  }
  if (!rule_->needs_flow && !rule_->direction) return true;
  std::string wanted = "flow:";
  const auto name = [&](bool is, std::string_view text) {
    if (!is) return;
    if (wanted.back() != ':') wanted += ',';
    wanted += text;
  };
  if (rule_->direction) name(true, name_of(*rule_->direction));
  name(want.established, "established");
  name(want.not_established, "not_established");
  name(want.stateless, "stateless");
  name(want.only_stream, "only_stream");
  name(want.no_stream, "no_stream");
  name(want.only_frag, "only_frag");
  name(want.no_frag, "no_frag");
  std::string has = "the packet has no flow";
  if (input.flow != nullptr) {
    const bool established =
        input.packet != nullptr ? input.packet->established : input.flow->both_directions_seen();
    has = fmt::format("{}, {}, {} packets to server and {} to client so far",
                      name_of(input.direction),
                      established ? "established" : "not established", input.flow->sides[0].packets,
                      input.flow->sides[1].packets);
  }
  return add(detector.flow_matches(*rule_) ? Answer::kYes : Answer::kNo, wanted, has);
}

bool Explainer::tell_protocol(const Detector::Impl& detector) {
  if (!rule_->needs_protos) return true;
  const AppView& app = detector.input->app;
  std::string detail = app.proto == AppProto::kUnknown
                           ? std::string("the flow's protocol is not known (yet)")
                           : fmt::format("the flow speaks {}", name_of(app.proto));
  if (detector.input->flow == nullptr) detail = "the packet has no flow";
  std::string wanted;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(AppProto::kLast); ++i) {
    const auto proto = static_cast<AppProto>(i);
    if ((rule_->protos & proto_bit(proto)) == 0) continue;
    if (!wanted.empty()) wanted += " or ";
    wanted += name_of(proto);
  }
  return add(detector.protocol_matches(*rule_) ? Answer::kYes : Answer::kNo,
             "application protocol " + wanted, detail);
}

std::string Explainer::set_bits(const Detector::Impl& detector) const {
  const Flow* const flow = detector.input->flow;
  std::string names;
  if (flow == nullptr) return "the packet has no flow";
  if (flow->detect != nullptr) {
    const std::size_t count = flow->detect->bits.size() * 64;
    for (std::size_t id = 0; id < count; ++id) {
      if (!flow->detect->has_bit(static_cast<std::uint16_t>(id))) continue;
      if (!names.empty()) names += ", ";
      names += program_->names.name(VariableKind::kFlowbit, static_cast<std::uint16_t>(id));
    }
  }
  return names.empty() ? "no flowbit is set on the flow" : "set on the flow: " + names;
}

bool Explainer::tell_packet_matches(Detector::Impl& detector) {
  for (std::size_t i = 0; i < rule_->packet_matches.size(); ++i) {
    const std::string what = i < origins_.packet_matches.size() ? origins_.packet_matches[i]
                                                                : "a condition on the packet";
    std::string detail;
    if (what.starts_with("flowbits")) detail = set_bits(detector);
    if (what.starts_with("dsize") && detector.input->packet != nullptr) {
      detail = fmt::format("the payload has {} bytes", detector.input->packet->payload.size());
    }
    const bool holds = rule_->packet_matches[i]->match(detector.context);
    if (!add(holds ? Answer::kYes : Answer::kNo, what, detail)) return false;
  }
  for (const DraftBuffer* buffer : rule_->packet_buffers) {
    const Packet* const packet = detector.input->packet;
    const auto bytes = packet != nullptr ? buffer->packet_buffer->get(*packet) : std::nullopt;
    if (!bytes) return add(Answer::kNo, buffer_name(*buffer), "the packet has none");
    if (!tell_chain(detector, *buffer, InspectBuffer{*bytes}, {})) return false;
  }
  return true;
}

const DraftBuffer* Explainer::buffer_of(const InspectChain* chain, std::size_t& index) const {
  for (std::size_t i = 0; i < rule_->buffers.size(); ++i) {
    if (&rule_->buffers[i].chain != chain) continue;
    index = i;
    return &rule_->buffers[i];
  }
  return nullptr;
}

bool Explainer::tell_chain(Detector::Impl& detector, const DraftBuffer& buffer,
                           const InspectBuffer& bytes, const std::string& where) {
  static const std::vector<std::string> kNone;
  std::size_t index = 0;
  static_cast<void>(buffer_of(&buffer.chain, index));
  const auto& origins = index < origins_.steps.size() ? origins_.steps[index] : kNone;
  ChainAccount account;
  detector.state.inspect.recursions_left = detector.options.inspection_recursion_limit;
  const bool holds = inspect_buffer_traced(buffer.chain, bytes, detector.context,
                                           detector.state.inspect, account);
  const bool exhausted = !holds && detector.state.inspect.recursions_left == 0;
  std::string detail = fmt::format("{} bytes", bytes.bytes.size());
  if (!bytes.start || bytes.offset != 0) detail += fmt::format(" from offset {}", bytes.offset);
  if (!where.empty()) detail = where + ", " + detail;
  std::vector<AccountStep> steps;
  account.append_to(steps, buffer.chain, origins);
  if (exhausted) {
    steps.push_back({Answer::kNo, "inspection-recursion-limit",
                     "given up: too many places to try", {}, 1});
  }
  const std::string name = buffer_name(buffer);
  if (!holds && attempt_->stopped_at.empty()) {
    const auto no = std::ranges::find(steps, Answer::kNo, &AccountStep::answer);
    attempt_->stopped_at = name + (no != steps.end() ? ": " + no->what : std::string());
  }
  attempt_->held += account.reached();
  attempt_->steps.push_back({holds ? Answer::kYes : Answer::kNo, name, detail});
  attempt_->steps.insert(attempt_->steps.end(), std::make_move_iterator(steps.begin()),
                         std::make_move_iterator(steps.end()));
  return holds;
}

void Explainer::tell_fast_pattern(Detector::Impl& detector) {
  if (rule_->indexed == nullptr) return;
  const Packet* const packet = detector.input->packet;
  const Bytes pattern = rule_->indexed->bytes;
  const SinglePatternMatcher& matcher = *rule_->indexed->matcher;
  const bool in_packet = packet != nullptr && matcher.find(packet->payload) != matcher.kNotFound;
  const bool in_stream =
      detector.input->stream.present && matcher.find(detector.input->stream.bytes) != matcher.kNotFound;
  attempt_->steps.push_back(
      {Answer::kNote, fmt::format("fast pattern \"{}\"", quote_content(pattern)),
       in_packet || in_stream ? fmt::format("seen in the {}", in_packet ? "packet" : "stream")
                              : "not seen: the rule was not looked at further"});
}

bool Explainer::tell_payload(Detector::Impl& detector) {
  if (rule_->payload == nullptr) return true;
  std::size_t index = 0;
  const DraftBuffer& buffer = *buffer_of(rule_->payload, index);
  const DetectInput& input = *detector.input;
  const Packet* const packet = input.packet;
  if (!detector.payload_may_be_inspected()) {
    return add(Answer::kNo, "payload", "no payload inspection of this packet (encrypted, depth)");
  }
  const Bytes payload = packet != nullptr ? packet->payload : Bytes{};
  if (!detector.header.is_tcp) {
    if (payload.empty()) return add(Answer::kNo, "payload", "the packet has none");
    return tell_chain(detector, buffer, InspectBuffer{payload}, "packet");
  }
  // As in Detector::Impl::payload_matches.
  const bool has_payload =
      packet != nullptr && (!payload.empty() || (input.stream.present && program_->has_stream_rules));
  bool looked = false;
  const auto stopped = attempt_->stopped_at;
  const auto matches = [&](const InspectBuffer& bytes, const char* where) {
    looked = true;
    if (!tell_chain(detector, buffer, bytes, where)) return false;
    attempt_->stopped_at = stopped;
    return true;
  };
  if (rule_->payload_on_stream) {
    if (input.stream.present) {
      if (matches(InspectBuffer{input.stream.bytes}, "reassembled stream")) return true;
    }
    if (has_payload && !packet->stream_inspected &&
        matches(InspectBuffer{payload}, "packet that is no part of the stream")) {
      return true;
    }
  }
  if (rule_->payload_on_packet && has_payload && matches(InspectBuffer{payload}, "packet")) return true;
  if (looked) return false;
  return add(Answer::kNo, "payload",
             payload.empty() ? "the packet has none"
                             : "the bytes wait until enough of the stream is there");
}

/// The frame at hand. REQUIRES: detector.frame.
bool Explainer::tell_frame(Detector::Impl& detector) {
  const auto window = window_of(*detector.frame, detector.input->frames.reach);
  if (!window) return add(Answer::kNo, "a frame", "nothing new of it");
  for (const DraftBuffer* const buffer : rule_->frame_buffers) {
    if (buffer->frame_type != detector.frame->type) {
      const bool holds = detector.frame_matches(*buffer, *window);
      if (!add(holds ? Answer::kYes : Answer::kNo, "frame:" + buffer->name)) return false;
      continue;
    }
    const InspectBuffer bytes = detector.frame_buffer(*detector.frame, *window, buffer->transforms);
    if (!tell_chain(detector, *buffer, bytes, fmt::format("frame {}", detector.frame->id))) return false;
  }
  return true;
}

bool Explainer::tell_buffer_check(Detector::Impl& detector, const TransactionCheck& check) {
  std::size_t index = 0;
  const DraftBuffer& buffer = *buffer_of(check.chain, index);
  const TransactionBuffer& source = *program_->buffers[check.buffer];
  const std::size_t steps_before = attempt_->steps.size();
  std::vector<AccountStep> best;
  std::size_t best_held = 0, held_before = attempt_->held;
  const std::string stopped_before = attempt_->stopped_at;
  std::string best_stop;
  for (std::uint32_t i = 0;; ++i) {
    const auto bytes = detector.buffers.get(check.buffer, source, *detector.input->flow,
                                            *detector.context.transaction, i);
    if (!bytes) {
      if (i == 0) return add(Answer::kNo, buffer_name(buffer), "the transaction has none");
      // Of several instances the one that got the farthest is shown.
      attempt_->steps.insert(attempt_->steps.end(), std::make_move_iterator(best.begin()),
                             std::make_move_iterator(best.end()));
      attempt_->held = best_held;
      attempt_->stopped_at = best_stop;
      if (i > 1) {
        attempt_->steps.push_back(
            {Answer::kNote, fmt::format("{} instances", i), "the one that came farthest is shown", {}, 1});
      }
      return false;
    }
    attempt_->held = held_before;
    attempt_->stopped_at = stopped_before;
    const std::string where = source.buffer->multi_instance ? fmt::format("instance {}", i) : "";
    if (tell_chain(detector, buffer, InspectBuffer{*bytes}, where)) return true;
    if (i == 0 || attempt_->held > best_held) {
      best.assign(attempt_->steps.begin() + static_cast<std::ptrdiff_t>(steps_before),
                  attempt_->steps.end());
      best_held = attempt_->held;
      best_stop = attempt_->stopped_at;
    }
    attempt_->steps.resize(steps_before);
  }
}

bool Explainer::tell_transaction(Detector::Impl& detector) {
  Transaction& transaction = *detector.context.transaction;
  const DetectInput& input = *detector.input;
  const ProtocolSpec& spec = *input.app.spec;
  const std::size_t direction = index_of(input.direction);
  const auto side = rule_->both_sides ? std::uint8_t{2} : static_cast<std::uint8_t>(direction);
  const TransactionDetectState::Entry* entry =
      transaction.detect != nullptr && transaction.detect->generation == detector.generation
          ? transaction.detect->find(rule_->number, side)
          : nullptr;
  if (entry != nullptr && entry->done) {
    add(Answer::kNote, "the transaction", "the rule has matched it before, and does so once");
    attempt_->stopped_at = "matched this transaction before";
    return false;
  }
  if (!tell_protocol(detector)) return false;
  if (entry == nullptr) {
    if (!rule_->both_sides && !(tell_header(detector) && tell_flow(detector))) return false;
    if (rule_->both_sides && direction == 0 && !tell_header(detector)) return false;
    if (!tell_packet_matches(detector)) return false;
  } else {
    add(Answer::kNote, "header, flow and packet", "held when a part of the rule matched before");
  }
  bool any = false;
  const auto go = [&](const std::vector<TransactionCheck>& checks) {
    for (const TransactionCheck& check : checks) {
      if (check.kind != TransactionCheck::Kind::kPayload && check.proto != spec.proto) continue;
      any = true;
      std::size_t index = 0;
      std::string what = "the transaction's state";
      if (check.kind == TransactionCheck::Kind::kBuffer) {
        what = buffer_name(*buffer_of(check.chain, index));
      } else if (check.kind == TransactionCheck::Kind::kKeyword) {
        for (std::size_t i = 0; i < rule_->transaction_matches.size(); ++i) {
          if (rule_->transaction_matches[i].keyword.get() != check.keyword) continue;
          if (i < origins_.transaction_matches.size()) what = origins_.transaction_matches[i];
        }
      } else if (check.kind == TransactionCheck::Kind::kHook) {
        what = "hook " + ast_.hook;
      }
      const std::uint32_t bits = entry != nullptr ? entry->bits & ~(std::uint32_t{1} << 31) : 0;
      if ((bits & check.bit) != 0) {
        add(Answer::kYes, what, "matched with an earlier packet");
        continue;
      }
      const std::uint8_t progress = transaction.progress[index_of(check.direction)];
      if (check.progress > progress) {
        add(Answer::kWaits, what,
            fmt::format("waits for {}; the transaction is at {}",
                        progress_name(spec, check.direction, check.progress),
                        progress_name(spec, check.direction, progress)));
        return false;
      }
      bool holds = false;
      switch (check.kind) {
        case TransactionCheck::Kind::kBuffer:
          holds = tell_buffer_check(detector, check);
          break;
        case TransactionCheck::Kind::kPayload:
          holds = tell_payload(detector);
          break;
        case TransactionCheck::Kind::kKeyword:
        case TransactionCheck::Kind::kHook: {
          bool stream = false;
          holds = detector.check_matches(check, *rule_, transaction, stream);
          add(holds ? Answer::kYes : Answer::kNo, what);
          break;
        }
      }
      if (!holds) return false;
    }
    return true;
  };
  bool holds = false;
  if (rule_->both_sides) {
    holds = go(rule_->checks[0]) && go(rule_->checks[1]);
  } else {
    holds = go(rule_->checks[direction]);
  }
  if (!any) {
    return add(Answer::kNo, fmt::format("{} of {}", name_of(input.direction), spec.name),
               "the rule has nothing to look at in this direction");
  }
  return holds;
}

void Explainer::tell_stage_not_reached(const Detector::Impl& detector) {
  const DetectInput& input = *detector.input;
  if (rule_->type == RuleType::kDecoderEvent) {
    add(Answer::kNo, "decoder events", "the packet has none");
    return;
  }
  if (input.packet != nullptr && input.packet->invalid) {
    add(Answer::kNo, "a valid packet", "it is so malformed that only decoder-event rules apply");
    return;
  }
  if (!tell_header(detector)) return;
  switch (rule_->type) {
    case RuleType::kIpOnly:
    case RuleType::kLikeIpOnly:
      add(Answer::kNo, "first packet of the flow's direction",
          "IP-only rules are decided on that packet; this is a later one");
      return;
    case RuleType::kProtocolOnly:
      add(Answer::kNo, "application protocol",
          input.app.proto == AppProto::kUnknown ? "not known yet"
                                                : "known and decided with an earlier packet");
      return;
    default:
      break;
  }
  if (!tell_protocol(detector) || !tell_flow(detector)) return;
  if (rule_->type == RuleType::kFrame) {
    add(Answer::kNo, "a frame", "there are no new bytes of one that the rule looks at");
    return;
  }
  if (input.app.parser == nullptr) {
    add(Answer::kNo, "a transaction", "the flow has no parser (yet), so there is none");
    return;
  }
  add(Answer::kNo, "a transaction",
      fmt::format("none of the flow's {} advanced with this packet",
                  input.app.parser->transactions().size()));
}

}  // namespace culvert
