// Rules that are about packets and streams: found by header or by a pattern in the payload.

#include <cstring>

#include "detect/detector_impl.h"
#include "detect/packet_protocol.h"
#include "net/ip.h"
#include "stream/tcp_session.h"

namespace culvert {

void Detector::Impl::prepare_header() {
  const Packet* const packet = input->packet;
  if (packet != nullptr) {
    header.layer3 = packet->layer3;
    header.ip_proto = protocol_for_rules(*packet);
    header.is_tcp = packet->is_tcp();
    header.source = packet->source;
    header.destination = packet->destination;
  } else {
    const Flow& flow = *input->flow;
    const bool to_server = input->direction == Direction::kToServer;
    header.layer3 = flow.key.low.is_v4() ? Layer3::kIpv4 : Layer3::kIpv6;
    header.ip_proto = flow.key.ip_proto;
    header.is_tcp = header.ip_proto == 6;
    header.source = to_server ? flow.client() : flow.server();
    header.destination = to_server ? flow.server() : flow.client();
  }
  std::uint16_t source_port = 0, destination_port = 0;
  if (packet != nullptr) {
    source_port = packet->source_port;
    destination_port = packet->destination_port;
  } else if (header.is_tcp || header.ip_proto == 17 || header.ip_proto == 132) {
    const bool to_server = input->direction == Direction::kToServer;
    source_port = to_server ? input->flow->client_port() : input->flow->server_port();
    destination_port = to_server ? input->flow->server_port() : input->flow->client_port();
  }
  header.source_port_class = program->ports.class_of(source_port);
  header.destination_port_class = program->ports.class_of(destination_port);
  header.source_port_row = program->ports.row_of_class(header.source_port_class);
  header.destination_port_row = program->ports.row_of_class(header.destination_port_class);
  header.has_address_rows = false;
  prepare_traits();
}

void Detector::Impl::prepare_traits() {
  const Packet* const packet = input->packet;
  traits = input->direction == Direction::kToServer ? kTraitToServer : kTraitToClient;
  if (input->flow == nullptr) {
    traits |= kTraitNoFlow;
  } else {
    traits |= is_established() ? kTraitEstablished : kTraitNotEstablished;
  }
  const bool rebuilt = packet != nullptr && packet->tunnel == TunnelKind::kDefrag;
  traits |= rebuilt ? kTraitRebuilt : kTraitNotRebuilt;
  switch (header.layer3) {
    case Layer3::kIpv4:
      traits |= kTraitIpv4;
      break;
    case Layer3::kIpv6:
      traits |= kTraitIpv6;
      break;
    case Layer3::kArp:
      traits |= kTraitArp;
      break;
    case Layer3::kNone:
      traits |= kTraitOtherLayer3;
      break;
  }
  if (packet == nullptr || packet->ethernet.empty()) traits |= kTraitNoEthernet;
  traits |= trait_of_ip_protocol(header.ip_proto);
  trait_protos = proto_bit(input->app.proto);
  if (input->app.spec != nullptr) trait_protos |= proto_bit(input->app.spec->proto);
}

void Detector::Impl::find_address_rows() const {
  header.source_row = program->addresses.row(header.source);
  header.destination_row = program->addresses.row(header.destination);
  header.has_address_rows = true;
}

/// Whether ends and ports are in a rule's sets, as the packet goes or, `both_ways`, turned round.
bool Detector::Impl::in_sets(std::uint16_t source, std::uint16_t destination,
                             std::uint16_t source_ports, std::uint16_t destination_ports,
                             bool both_ways) const {
  const auto in = [](const SetRow& row, std::uint16_t set) {
    return set == RuleGate::kAny || row.has(set);
  };
  const bool ports = in(header.source_port_row, source_ports) &&
                     in(header.destination_port_row, destination_ports);
  if (!ports && !both_ways) return false;
  if (source == RuleGate::kAny && destination == RuleGate::kAny) {
    return ports || (in(header.destination_port_row, source_ports) &&
                     in(header.source_port_row, destination_ports));
  }
  if (!header.has_address_rows) find_address_rows();
  if (ports && in(header.source_row, source) && in(header.destination_row, destination))
    return true;
  return both_ways && in(header.destination_row, source) && in(header.source_row, destination) &&
         in(header.destination_port_row, source_ports) &&
         in(header.source_port_row, destination_ports);
}

bool Detector::Impl::is_established() const {
  if (input->packet != nullptr) return input->packet->established;
  const Flow& flow = *input->flow;
  return flow.tcp != nullptr ? flow.tcp->state >= TcpState::kEstablished
                             : flow.both_directions_seen();
}

bool Detector::Impl::header_matches(const CompiledRule& rule) const {
  const RuleHeader& want = rule.header;
  switch (want.layer) {
    case RuleHeader::Layer::kPacket:
      return true;
    case RuleHeader::Layer::kEthernet:
      return input->packet != nullptr && !input->packet->ethernet.empty();
    case RuleHeader::Layer::kArp:
      return header.layer3 == Layer3::kArp;
    case RuleHeader::Layer::kIp:
      if (header.layer3 != Layer3::kIpv4 && header.layer3 != Layer3::kIpv6) return false;
      break;
    case RuleHeader::Layer::kIpv4:
      if (header.layer3 != Layer3::kIpv4) return false;
      break;
    case RuleHeader::Layer::kIpv6:
      if (header.layer3 != Layer3::kIpv6) return false;
      break;
  }
  if (!want.any_protocol && !want.protocols.test(header.ip_proto)) return false;
  return in_sets(want.source, want.destination, want.source_ports, want.destination_ports,
                 want.both_ways);
}

bool Detector::Impl::flow_matches(const CompiledRule& rule) const {
  const FlowRequirements& want = rule.flow;
  if (rule.direction && *rule.direction != input->direction) return false;
  if (!rule.needs_flow) return true;
  const Packet* const packet = input->packet;
  if (want.only_frag || want.no_frag) {
    const bool rebuilt = packet != nullptr && packet->tunnel == TunnelKind::kDefrag;
    if (rebuilt != want.only_frag) return false;
  }
  // Without a flow all is "to server". A fragment has none, whose datagram is not whole yet.
  if (input->flow == nullptr) {
    return !want.established && !want.not_established && !want.stateless && !want.no_frag;
  }
  const bool established = is_established();
  if (want.established && !established) return false;
  return !want.not_established || !established;
}

bool Detector::Impl::protocol_matches(const CompiledRule& rule) const {
  if (!rule.needs_protos) return true;
  return (rule.protos & proto_bit(input->app.proto)) != 0;
}

bool Detector::Impl::chain_matches(const InspectChain& chain, const InspectBuffer& buffer) {
  state.inspect.recursions_left = options.inspection_recursion_limit;
  const bool matches = inspect_buffer(chain, buffer, context, state.inspect);
  if (!matches && state.inspect.recursions_left == 0) counters.recursion_limit.add();
  return matches;
}

bool Detector::Impl::packet_matches(const CompiledRule& rule) {
  state.forget_captures();
  for (const auto& keyword : rule.packet_matches) {
    if (!keyword->match(context)) return false;
  }
  for (const DraftBuffer* buffer : rule.packet_buffers) {
    if (input->packet == nullptr) return false;
    const auto found = buffer->packet_buffer->get(*input->packet);
    if (!found) return false;
    Bytes bytes = *found;
    for (const auto& transform : buffer->transforms) {
      frame_spare.clear();
      if (!transform->apply(bytes, frame_spare)) frame_spare.clear();
      std::swap(frame_scratch, frame_spare);
      bytes = frame_scratch;
    }
    if (!chain_matches(buffer->chain, InspectBuffer{bytes})) return false;
  }
  return true;
}

bool Detector::Impl::payload_may_be_inspected() const {
  const Packet* const packet = input->packet;
  return packet != nullptr ? !packet->no_payload_inspection : !input->flow->no_payload_inspection;
}

bool Detector::Impl::payload_matches(const CompiledRule& rule, bool& stream) {
  stream = false;
  // What the stream still holds when the payload ends is looked at by rules without a pattern only,
  // as in the reference: it is not scanned.
  const bool may = payload_may_be_inspected();
  if (!may && !input->stream.present) return false;
  const Packet* const packet = input->packet;
  const Bytes payload = packet != nullptr ? packet->payload : Bytes{};
  if (!header.is_tcp) return !payload.empty() && chain_matches(*rule.payload, {payload});
  // As in the reference, stream bytes to look at make up for a payload: then a packet without one
  // is looked at too, which matters to negated contents.
  const bool has_payload =
      may && packet != nullptr &&
      (!payload.empty() || (input->stream.present && program->has_stream_rules));
  if (rule.payload_on_stream) {
    if (input->stream.present) {
      // As in the reference, depth and offset count from where this piece of the stream begins.
      if (chain_matches(*rule.payload, {input->stream.bytes})) {
        stream = true;
        return true;
      }
    }
    // What did not become part of the stream is looked at as if it had been a piece of it.
    if (has_payload && !packet->stream_inspected && !rule.flow.only_stream &&
        chain_matches(*rule.payload, {payload})) {
      return true;
    }
  }
  return rule.payload_on_packet && has_payload && chain_matches(*rule.payload, {payload});
}

void Detector::Impl::scan(const PayloadIndex& index, const Prefilter PayloadPart::*list,
                          Bytes bytes) {
  // Whoever looks on wants to see what the parts cost.
  const Prefilter& all = index.all().*list;
  if (all.short_matcher != nullptr && all.empty()) return;
  if (bytes.size() <= ShortBufferMatcher::kLongestForMany && all.short_matcher != nullptr &&
      watch == nullptr) {
    const ShortBufferMatcher* const matcher =
        index.between(header.source_port_class, header.destination_port_class);
    matcher->scan(bytes, [&](PatternId pattern) { add_candidates(all.rules_of(pattern)); });
    return;
  }
  index.each_part(trait_protos, header.source_port_class, header.destination_port_class,
                  [&](const PayloadPart& part) { scan(part.*list, bytes); });
}

const StreamNotes* Detector::Impl::notes_on(const void* matcher, std::uint64_t begin,
                                            std::size_t size) const {
  if (input->flow == nullptr || input->flow->detect == nullptr) return nullptr;
  const StreamNotes& notes = input->flow->detect->notes[index_of(input->direction)];
  return notes.covers(notes_source(matcher), begin, begin + size) ? &notes : nullptr;
}

bool Detector::Impl::scan_newest(const PayloadIndex& index) {
  const NewestBytes& newest = input->newest;
  if (newest.bytes.empty() || input->stream_version == 0) return false;
  const PayloadPart* const part =
      index.only_part(trait_protos, header.source_port_class, header.destination_port_class);
  if (part == nullptr || part->empty()) return false;
  StreamNotes& notes = state.of(*input->flow).notes[index_of(input->direction)];
  const std::uint64_t end = newest.offset + newest.bytes.size();
  const PayloadPart& all = index.all();
  const StreamNotes::Source whole = notes_source(part->packet.matcher.get());
  // A short packet in the middle of something is searched as the rest of it.
  const bool is_short = newest.bytes.size() <= ShortBufferMatcher::kLongestForMany &&
                        all.packet.short_matcher != nullptr && watch == nullptr &&
                        !notes.ends_at(whole, newest.fresh) &&
                        !(part->holds_bodies && input->direction == Direction::kToClient);
  if (is_short) {
    notes.begin_stretch(notes_source(all.packet.short_matcher.get()), newest.offset, newest.fresh,
                        end);
    all.packet.short_matcher->scan(newest.bytes, [&](PatternId pattern) {
      add_candidates(all.packet.rules_of(pattern));
      notes.add(pattern);
    });
    return true;
  }
  const std::uint64_t begin = watch != nullptr ? read_ticks() : 0;
  notes.begin_stretch(whole, newest.offset, newest.fresh, end);
  part->packet.matcher->scan(newest.bytes, scratch, [&](PatternId pattern, std::size_t) {
    add_candidates(part->packet.rules_of(pattern));
    notes.add(pattern);
  });
  if (watch != nullptr) [[unlikely]]
    watch->on_scan(*this, part->packet, newest.bytes, read_ticks() - begin);
  return true;
}

void Detector::Impl::scan_stream(const PayloadIndex& index) {
  const StreamView& stream = input->stream;
  const PayloadPart* const part =
      index.only_part(trait_protos, header.source_port_class, header.destination_port_class);
  if (part != nullptr) {
    const auto from_notes = [&](const void* matcher, const Prefilter& prefilter) {
      const StreamNotes* const notes = notes_on(matcher, stream.offset, stream.bytes.size());
      if (notes == nullptr) return false;
      notes->each(stream.offset, stream.offset + stream.bytes.size(),
                  [&](std::uint32_t pattern) { add_candidates(prefilter.rules_of(pattern)); });
      return true;
    };
    if (from_notes(part->stream.matcher.get(), part->stream)) return;
    const Prefilter& all = index.all().stream;
    if (all.short_matcher != nullptr && from_notes(all.short_matcher.get(), all)) return;
  }
  scan(index, &PayloadPart::stream, stream.bytes);
}

void Detector::Impl::scan_body(const TransactionBuffer& of, const InspectBuffer& buffer) {
  const Prefilter& prefilter = of.prefilter;
  if (prefilter.empty()) return;
  if (buffer.stream_at != BufferExtent::kNowhere && !of.in_stream.empty()) {
    if (const auto* const notes =
            notes_on(of.in_stream.matcher.get(), buffer.stream_at, buffer.bytes.size())) {
      notes->each(buffer.stream_at, buffer.stream_at + buffer.bytes.size(),
                  [&](std::uint32_t pattern) { add_candidates(of.in_stream.rules_of(pattern)); });
      return;
    }
  }
  const MultiPatternMatcher* const matcher = prefilter.matcher.get();
  if (buffer.bytes.size() <= ShortBufferMatcher::kLongest) return scan(prefilter, buffer.bytes);
  if (last_body.matcher == matcher && last_body.bytes.size() == buffer.bytes.size() &&
      std::memcmp(last_body.bytes.data(), buffer.bytes.data(), buffer.bytes.size()) == 0) {
    for (const PatternId pattern : last_body.found) add_candidates(prefilter.rules_of(pattern));
    return;
  }
  const std::uint64_t begin = watch != nullptr ? read_ticks() : 0;
  last_body.matcher = matcher;
  last_body.bytes = buffer.bytes;
  last_body.found.clear();
  matcher->scan(buffer.bytes, scratch, [&](PatternId pattern, std::size_t) {
    add_candidates(prefilter.rules_of(pattern));
    last_body.found.push_back(pattern);
  });
  if (watch != nullptr) [[unlikely]]
    watch->on_scan(*this, prefilter, buffer.bytes, read_ticks() - begin);
}

void Detector::Impl::scan_payload() {
  if (!payload_may_be_inspected()) return;
  const Packet* const packet = input->packet;
  const std::size_t direction = index_of(input->direction);
  if (header.is_tcp) {
    const PayloadIndex& index = program->payload[0][direction];
    if (packet != nullptr && !packet->payload.empty() && !scan_newest(index)) {
      scan(index, &PayloadPart::packet, packet->payload);
    }
    if (input->stream.present) scan_stream(index);
    if (packet != nullptr && !packet->payload.empty() && !packet->stream_inspected) {
      scan(index, &PayloadPart::stream, packet->payload);
    }
    return;
  }
  if (packet == nullptr || packet->payload.empty()) return;
  scan(program->payload[packet->is_udp() ? 1 : 2][direction], &PayloadPart::packet,
       packet->payload);
}

void Detector::Impl::inspect_decoder_events() {
  each_rule(WatchStage::kDecoderEvents, program->decoder_events, [this](const CompiledRule& rule) {
    if (packet_matches(rule)) matched(rule, nullptr, false);
  });
}

void Detector::Impl::inspect_first_packet() {
  const Flow* const flow = input->flow;
  if (!input->packet->is_ip()) return;
  if (flow != nullptr && flow->side(input->direction).packets > 1) return;
  const RuleList& rules = program->first_packet[static_cast<std::size_t>(class_of(*input->packet))];
  each_rule(WatchStage::kFirstPacket, rules, [this](const CompiledRule& rule) {
    if (header_matches(rule) && packet_matches(rule)) matched(rule, nullptr, false);
  });
}

void Detector::Impl::inspect_protocol_rules() {
  if (program->protocol_only.empty() || input->flow == nullptr) return;
  const std::size_t direction = index_of(input->direction);
  const bool is_udp = input->flow->key.ip_proto == ip_proto::kUdp;
  const bool known = input->app.by_direction[direction] != AppProto::kUnknown ||
                     (is_udp && input->app.proto != AppProto::kUnknown);
  if (!known) return;
  if (is_udp) {
    // Each direction's first datagram decides: nothing needs to be kept for millions of flows.
    if (input->flow->side(input->direction).packets > (input->packet == nullptr ? 0u : 1u)) return;
  } else {
    FlowDetectState& kept = state.of(*input->flow);
    const auto bit = static_cast<std::uint8_t>(1 << direction);
    if ((kept.protocol_rules_done & bit) != 0) return;
    kept.protocol_rules_done = static_cast<std::uint8_t>(kept.protocol_rules_done | bit);
  }
  each_rule(WatchStage::kProtocol, program->protocol_only, [this](const CompiledRule& rule) {
    if (protocol_matches(rule) && header_matches(rule) && flow_matches(rule) &&
        packet_matches(rule)) {
      matched(rule, nullptr, false);
    }
  });
}

void Detector::Impl::inspect_packet_rules() {
  candidates.clear();
  scan_payload();
  if (input->packet != nullptr) {
    const PacketClass which = class_of(*input->packet);
    add_candidates(program->packet_list(which, input->direction, header.destination_port_class));
  } else if (header.is_tcp && (input->as_packet || input->stream.present ||
                               (!input->flush && has_more_to_inspect()))) {
    // Inspection that brings something is as a packet of its direction.
    add_candidates(
        program->packet_list(PacketClass::kTcp, input->direction, header.destination_port_class));
  }
  each_rule(WatchStage::kPackets, candidates.sorted(), [this](const CompiledRule& rule) {
    if (rule.type == RuleType::kTransaction) {
      from_packet.add(rule.number);
    } else {
      evaluate_packet_rule(rule);
    }
  });
}

void Detector::Impl::evaluate_packet_rule(const CompiledRule& rule) {
  if (!protocol_matches(rule) || !header_matches(rule) || !flow_matches(rule)) return;
  if (rule.hook == PacketHook::kFlowStart && !is_flow_start()) return;
  counters.rules_inspected.add();
  state.inspect.replacements_used = 0;
  // As in the reference, of rules without contents only those about a protocol hold at the end of a
  // flow.
  if (input->packet == nullptr && rule.payload == nullptr &&
      (input->flush ? !input->as_packet : rule.type != RuleType::kAppLayer)) {
    return;
  }
  if (!packet_matches(rule)) return;
  bool stream = false;
  if (rule.payload != nullptr && !payload_matches(rule, stream)) return;
  matched(rule, nullptr, stream);
}

}  // namespace culvert
