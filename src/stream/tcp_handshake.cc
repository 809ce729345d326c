// How connections begin: the handshake in all its forms, and those picked up in the middle.
#include <algorithm>

#include "stream/tcp_step.h"

namespace culvert {
namespace {

using State = TcpState;
using Event = PacketEvent;

HandshakeQueue::Entry entry_of(const TcpSegment& segment) {
  return {.seq = segment.seq,
          .ack = segment.ack,
          .timestamp = segment.timestamp,
          .window = segment.window,
          .window_scale = segment.window_scale,
          .has_timestamp = segment.has_timestamp,
          .has_window_scale = segment.has_window_scale,
          .sack_permitted = segment.sack_permitted};
}

}  // namespace

TcpStates::Pickup TcpStates::may_begin(Packet& packet, const TcpSegment& segment) {
  const auto midstream = [&] {
    apply_exception_policy(options_.midstream_policy, ExceptionTarget::kMidstream,
                           DropReason::kStreamMidstream, packet, counters_.midstream_policy);
  };
  switch (kind_of(segment)) {
    case Kind::kRst:
      add_event(packet, Event::kStreamRstButNoSession);
      return Pickup::kInvalid;
    case Kind::kFin:
      midstream();
      add_event(packet, Event::kStreamFinButNoSession);
      return Pickup::kInvalid;
    case Kind::kSynAck:
      midstream();
      return options_.midstream || options_.async_oneside ? Pickup::kSynAck : Pickup::kNo;
    case Kind::kSyn:
      return Pickup::kSyn;
    case Kind::kAck:
      midstream();
      return options_.midstream ? Pickup::kEstablished : Pickup::kNo;
    case Kind::kNone:
      return Pickup::kNo;
  }
  return Pickup::kNo;
}

void TcpStates::begin(Packet& packet, TcpSession& session, const TcpSegment& segment,
                      Pickup pickup) {
  if (pickup == Pickup::kSynAck) {
    // The opener's SYN was not seen: this packet is the answer, so it goes to the client.
    packet.flow->swap_direction();
    packet.direction = opposite(packet.direction);
  }
  Step step{packet, session, segment, session.sender(packet.direction),
            session.receiver(packet.direction)};
  target_policy(step);
  step.sender.max_regions = step.receiver.max_regions = 1;
  step.receiver.os_policy = options_.os_policies.find(packet.source);
  step.receiver.os_policy_known = true;
  switch (pickup) {
    case Pickup::kNo:
    case Pickup::kInvalid:
      return;
    case Pickup::kSyn:
      take_syn(step, entry_of(segment));
      set_state(step, State::kSynSent);
      if (segment.fast_open) session.tfo = true;
      if (!segment.payload.empty() && segment.fast_open) {
        session.client.next_seq += segment.size();
        reassembler_.insert(packet, session, packet.direction, segment);
      }
      break;
    case Pickup::kSynAck: {
      session.midstream = session.midstream_synack = true;
      counters_.midstream_pickups.add();
      start_stream(session.client, segment.ack - 1);
      session.client.window = segment.window;
      take_synack(step, entry_of(segment));
      // Whether and how far windows are scaled shows on neither side any more.
      session.server.window_scale =
          segment.has_window_scale ? segment.window_scale : std::uint8_t{0};
      session.client.window_scale =
          segment.has_window_scale ? kUnknownWindowScale : std::uint8_t{0};
      set_state(step, State::kSynRecv);
      break;
    }
    case Pickup::kEstablished: {
      session.midstream = session.midstream_established = true;
      session.async = options_.async_oneside;
      counters_.midstream_pickups.add();
      TcpStream& sender = step.sender;
      TcpStream& receiver = step.receiver;
      start_stream(sender, segment.seq - 1);
      start_stream(receiver, segment.ack - 1);
      sender.next_seq = segment.end();
      sender.last_ack = segment.seq;
      sender.window_scale = receiver.window_scale = kUnknownWindowScale;
      sender.window = static_cast<std::uint32_t>(segment.window) << kUnknownWindowScale;
      receiver.window = sender.window;
      sender.next_window = sender.last_ack + receiver.window;
      receiver.last_ack = segment.ack;
      receiver.next_window = receiver.last_ack + sender.window;
      if (segment.has_timestamp) {
        session.timestamps = sender.timestamps = receiver.timestamps = true;
        sender.last_timestamp = segment.timestamp;
        receiver.last_timestamp = segment.timestamp_echo;
        sender.last_packet_time = receiver.last_packet_time =
            static_cast<std::uint32_t>(whole_seconds(packet.time));
      }
      set_state(step, State::kEstablished);
      reassembler_.insert(packet, session, packet.direction, segment);
      break;
    }
  }
}

void TcpStates::take_syn(Step& step, const HandshakeQueue::Entry& syn) {
  TcpStream& client = step.sender;
  start_stream(client, syn.seq);
  client.window = syn.window;
  client.window_scale = syn.window_scale;
  client.window_scale_seen = syn.has_window_scale;
  client.sack_permitted = syn.sack_permitted;
  client.timestamps = syn.has_timestamp;
  client.zero_timestamp = syn.has_timestamp && syn.timestamp == 0;
  client.last_timestamp = syn.timestamp;
  client.last_packet_time = static_cast<std::uint32_t>(whole_seconds(step.packet.time));
}

void TcpStates::take_synack(Step& step, const HandshakeQueue::Entry& synack) {
  TcpSession& session = step.session;
  TcpStream& client = step.receiver;
  TcpStream& server = step.sender;
  start_stream(server, synack.seq);
  server.window = synack.window;
  server.window_scale_seen = synack.has_window_scale;
  session.window_scaling = client.window_scale_seen && synack.has_window_scale;
  if (session.window_scaling) {
    server.window_scale = synack.window_scale;
  } else {
    client.window_scale = server.window_scale = 0;
  }
  session.timestamps = client.timestamps && synack.has_timestamp;
  if (session.midstream) session.timestamps = client.timestamps = synack.has_timestamp;
  server.timestamps = session.timestamps;
  server.last_timestamp = synack.timestamp;
  server.last_packet_time = static_cast<std::uint32_t>(whole_seconds(step.packet.time));
  server.sack_permitted = synack.sack_permitted;
  client.last_ack = synack.ack;
  server.last_ack = synack.seq + 1;
  client.next_window = client.last_ack + server.window;
  server.next_window = server.last_ack + client.window;
}

HandshakeQueue* TcpStates::queue_of(TcpSession& session) {
  if (session.queue == nullptr) session.queue = queues_.make();
  return session.queue;
}

void TcpStates::release_queue(TcpSession& session) {
  if (session.queue == nullptr) return;
  queues_.free(session.queue);
  session.queue = nullptr;
}

// --- rows of the table: while the handshake is under way ---

TcpStates::Outcome TcpStates::syn_sent_syn(Step& step) {
  const TcpSegment& segment = step.segment;
  if (!step.to_server()) {  // simultaneous open: both ends said SYN, RFC 9293 figure 8
    step.session.four_way = true;
    take_syn(step, entry_of(segment));
    step.sender.last_ack = segment.seq + 1;
    return Outcome::kTaken;
  }
  const Outcome outcome =
      segment.seq == step.session.client.isn ? Outcome::kIgnored : Outcome::kTaken;
  HandshakeQueue* const queue = queue_of(step.session);
  if (queue == nullptr) return outcome;
  const std::size_t most = std::min<std::size_t>(options_.max_syn_queued, HandshakeQueue::kMax);
  const bool is_flood = queue->count >= most;
  if (is_flood && most != 0) {
    // The oldest is forgotten: the next one takes its place.
    reassembler_.release(step.sender);
    take_syn(step, queue->entries.front());
    std::move(queue->entries.begin() + 1, queue->entries.begin() + queue->count,
              queue->entries.begin());
    --queue->count;
  }
  if (queue->count < most) queue->entries[queue->count++] = entry_of(segment);
  return is_flood ? step.invalid(Event::kStream3whsSynFlood) : outcome;
}

TcpStates::Outcome TcpStates::syn_sent_synack(Step& step) {
  TcpSession& session = step.session;
  const TcpSegment& segment = step.segment;
  if (session.four_way && step.to_server()) {
    if (segment.ack != session.server.isn + 1) {
      return step.invalid(Event::kStream4whsSynackWithWrongAck);
    }
    if (segment.seq != session.client.isn) {
      return step.invalid(Event::kStream4whsSynackWithWrongSyn);
    }
    // The split handshake turns the ends around: the client answers the server's SYN.
    step.receiver.last_ack = segment.ack;
    step.sender.last_ack = segment.seq + 1;
    step.sender.window = segment.window;
    step.sender.window_scale_seen = segment.has_window_scale;
    session.window_scaling = segment.has_window_scale && step.receiver.window_scale_seen;
    if (!session.window_scaling) step.sender.window_scale = step.receiver.window_scale = 0;
    session.timestamps = segment.has_timestamp && step.receiver.timestamps;
    step.receiver.next_window = step.receiver.last_ack + step.sender.window;
    step.sender.next_window = step.sender.last_ack + step.receiver.window;
    set_state(step, State::kSynRecv);
    return Outcome::kTaken;
  }
  if (step.to_server()) return step.invalid(Event::kStream3whsSynackInWrongDirection);

  TcpStream& client = step.receiver;
  const bool answers_data = session.tfo && segment.ack == client.next_seq;
  if (segment.ack != client.isn + 1 && !answers_data) {
    // Perhaps it answers another of several SYNs.
    if (session.queue == nullptr) return step.invalid(Event::kStream3whsSynackWithWrongAck);
    const auto* const begin = session.queue->entries.begin();
    const auto* const end = begin + session.queue->count;
    const auto* const syn = std::find_if(begin, end, [&](const HandshakeQueue::Entry& entry) {
      return segment.ack == entry.seq + 1;
    });
    if (syn == end) return step.invalid(Event::kStream3whsSynackWithWrongAck);
    Step from_client{step.packet, session, segment, client, step.sender};
    take_syn(from_client, *syn);
  }
  if (session.tfo && client.next_seq != client.isn + 1 && segment.ack == client.isn + 1) {
    // RFC 7413 section 4.2: data not taken comes again after the handshake.
    session.tfo_data_ignored = true;
    add_event(step.packet, Event::kStream3whsSynackTfoDataIgnored);
    client.next_seq = client.isn + 1;
    reassembler_.release(client);
  }
  release_queue(session);
  take_synack(step, entry_of(segment));
  if (!segment.payload.empty() && session.tfo) {
    step.sender.next_seq += segment.size();
    reassembler_.insert(step.packet, session, step.packet.direction, segment);
  }
  set_state(step, State::kSynRecv);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::syn_sent_fin(Step& step) {
  return has_unasked_timestamp(step) ? step.invalid(Event::kStreamPktInvalidTimestamp)
                                     : Outcome::kIgnored;
}

TcpStates::Outcome TcpStates::syn_sent_rst(Step& step) {
  const TcpSegment& segment = step.segment;
  if (step.to_server()) {
    // A client that takes its SYN back.
    if (segment.seq == step.sender.isn && segment.window == 0 &&
        segment.ack == step.sender.isn + 1) {
      step.note_rst();
      set_state(step, State::kClosed);
      return Outcome::kTaken;
    }
    static_cast<void>(valid_rst(step));
    return Outcome::kIgnored;
  }
  if (has_unasked_timestamp(step)) return step.invalid(Event::kStreamPktInvalidTimestamp);
  // "Connection refused" acknowledges the SYN and has number 0, RFC 9293 section 3.10.7.1.
  if (!valid_rst(step)) return Outcome::kInvalid;
  step.note_rst();
  set_state(step, State::kClosed);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::syn_sent_ack(Step& step) {
  TcpSession& session = step.session;
  if (!options_.async_oneside) return Outcome::kIgnored;
  if (!step.to_server()) return Outcome::kIgnored;
  // Only this direction passes here: the SYN+ACK went another way.
  if (step.segment.seq != step.sender.next_seq) {
    return step.invalid(Event::kStream3whsAsyncWrongSeq);
  }
  session.async = true;
  start_stream(step.receiver, step.segment.ack - 1);
  step.receiver.last_ack = step.segment.ack;
  step.sender.last_ack = step.segment.seq;
  step.receiver.window = step.sender.window;
  // What the other end has room for nobody says; as in the reference a FIN is held against this
  // one's.
  step.sender.next_window = step.sender.last_ack + step.segment.window;
  session.timestamps = step.sender.timestamps && step.segment.has_timestamp;
  set_state(step, State::kEstablished);
  take_ack(step);
  take_data(step);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::syn_recv_syn(Step& step) {
  if (!step.to_server()) return step.invalid(Event::kStream3whsSynToclientOnSynRecv);
  if (step.segment.seq != step.session.client.isn) {
    return step.invalid(Event::kStream3whsSynResendDiffSeqOnSynRecv);
  }
  return Outcome::kIgnored;
}

TcpStates::Outcome TcpStates::syn_recv_synack(Step& step) {
  TcpSession& session = step.session;
  const TcpSegment& segment = step.segment;
  if (step.to_server()) return step.invalid(Event::kStream3whsSynackToserverOnSynRecv);
  if (segment.ack != session.client.isn + 1 && segment.ack != session.client.next_seq) {
    return step.invalid(Event::kStream3whsSynackResendWithDifferentAck);
  }
  if (segment.seq == session.server.isn) return Outcome::kIgnored;
  if (session.queued_synacks >= options_.max_synack_queued) {
    return step.invalid(Event::kStream3whsSynackFlood);
  }
  if (HandshakeQueue* const queue = queue_of(session);
      queue != nullptr && queue->count < HandshakeQueue::kMax) {
    queue->entries[queue->count++] = entry_of(segment);
    ++session.queued_synacks;
  }
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::syn_recv_rst(Step& step) {
  if (!valid_rst(step)) return Outcome::kInvalid;
  step.note_rst();
  set_state(step, State::kClosed);
  take_ack(step);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::syn_recv_ack(Step& step) {
  TcpSession& session = step.session;
  const TcpSegment& segment = step.segment;

  if (step.to_server() && session.queue != nullptr) {
    // The client says which of several SYN+ACKs it took.
    const auto* const begin = session.queue->entries.begin();
    const auto* const end = begin + session.queue->count;
    const auto* const synack = std::find_if(begin, end, [&](const HandshakeQueue::Entry& entry) {
      return segment.ack == entry.seq + 1;
    });
    if (synack != end) {
      Step from_server{step.packet, session, segment, step.receiver, step.sender};
      take_synack(from_server, *synack);
    }
    release_queue(session);
  }
  if (session.four_way && !step.to_server()) {
    if (segment.seq != session.server.next_seq) return step.invalid(Event::kStream4whsWrongSeq);
    if (!valid_ack(step)) return step.invalid(Event::kStream4whsInvalidAck);
    set_state(step, State::kEstablished);
    take_ack(step);
    take_data(step);
    return Outcome::kTaken;
  }
  if (!step.to_server()) {
    if (!valid_timestamp(step)) return Outcome::kInvalid;
    // The server goes on: that it acknowledges data, or answers the SYN at the right place, says
    // that the client's ACK went by unseen. Inline it may be an injection, before the handshake is
    // done.
    const bool at_its_place = segment.seq == session.server.next_seq;
    const bool missed_the_ack = seq_gt(segment.ack, session.client.next_seq) ||
                                (segment.ack == session.client.next_seq && at_its_place);
    if (!session.tfo && options_.inline_mode && !segment.payload.empty() &&
        segment.ack == session.client.next_seq) {
      return step.invalid(Event::kStream3whsAckDataInject);
    }
    if (!missed_the_ack) return step.invalid(Event::kStream3whsWrongSeqWrongAck);
    set_state(step, State::kEstablished);
    take_ack(step);
    take_data(step);
    return Outcome::kTaken;
  }

  if (!valid_timestamp(step)) return Outcome::kInvalid;
  const bool right_ack = segment.ack == session.server.next_seq ||
                         (seq_gt(segment.ack, session.server.isn) &&
                          seq_le(segment.ack, session.server.next_window) && session.midstream);
  const bool right_seq = segment.seq == session.client.next_seq ||
                         (session.tfo && segment.seq == session.client.isn + 1);
  const bool in_window = seq_ge(segment.seq, session.client.next_seq) &&
                         seq_le(segment.seq, session.client.next_window);
  if (right_seq && right_ack) {
    if (session.midstream && session.midstream_synack) {
      session.client.window = std::uint32_t{segment.window} << session.client.window_scale;
      session.server.next_window = session.server.last_ack + session.client.window;
    }
    set_state(step, State::kEstablished);
    take_ack(step);
    take_data(step);
    return Outcome::kTaken;
  }
  if (right_seq) return step.invalid(Event::kStream3whsRightSeqWrongAckEvasion);
  if (in_window && right_ack) {  // the plain ACK was lost
    set_state(step, State::kEstablished);
    take_ack(step);
    take_data(step);
    return Outcome::kTaken;
  }
  return step.invalid(Event::kStream3whsWrongSeqWrongAck);
}

}  // namespace culvert
