#include "stream/tcp_states.h"

#include <algorithm>

namespace culvert {
namespace {

using State = TcpState;
using Event = PacketEvent;

/// RFC 7323 section 5.5: after so long a silence a timestamp may have wrapped.
constexpr std::uint32_t kPawsIdleSeconds = 24 * 24 * 3600;
constexpr std::uint8_t kUnknownWindowScale = 14;

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

void start_stream(TcpStream& stream, std::uint32_t isn) {
  stream.isn = isn;
  stream.next_seq = isn + 1;
  stream.base_seq = isn + 1;
  stream.base_offset = 0;
}

}  // namespace

/// The packet at hand, and the session from where it stands.
struct TcpStates::Step {
  Packet& packet;
  TcpSession& session;
  const TcpSegment& segment;
  TcpStream& sender;
  TcpStream& receiver;

  bool to_server() const { return packet.direction == Direction::kToServer; }
  Outcome invalid(Event event) {
    add_event(packet, event);
    return Outcome::kInvalid;
  }
};

// The table: what a segment does in a state. FIN and RST are looked for before SYN, SYN before ACK.
TcpStates::Handler TcpStates::handler_for(TcpState state, Kind kind) {
  using T = TcpStates;
  // clang-format off
  static constexpr Handler kTable[][6] = {
      //                 SYN                 SYN+ACK                 FIN                  RST             ACK                  none
      /* none       */ {&T::ignore,          &T::ignore,             &T::ignore,          &T::ignore,       &T::ignore,          &T::ignore},
      /* syn_sent   */ {&T::syn_sent_syn,    &T::syn_sent_synack,    &T::syn_sent_fin,    &T::syn_sent_rst, &T::syn_sent_ack,    &T::ignore},
      /* syn_recv   */ {&T::syn_recv_syn,    &T::syn_recv_synack,    &T::established_fin, &T::syn_recv_rst, &T::syn_recv_ack,    &T::ignore},
      /* established*/ {&T::established_syn, &T::established_synack, &T::established_fin, &T::any_rst,      &T::established_ack, &T::ignore},
      /* fin_wait1  */ {&T::shutdown_syn,    &T::shutdown_synack,    &T::fin_wait1_fin,   &T::any_rst,      &T::fin_wait1_ack,   &T::ignore},
      /* fin_wait2  */ {&T::shutdown_syn,    &T::shutdown_synack,    &T::fin_wait2_fin,   &T::any_rst,      &T::fin_wait2_ack,   &T::ignore},
      /* time_wait  */ {&T::shutdown_syn,    &T::shutdown_synack,    &T::time_wait_fin,   &T::any_rst,      &T::time_wait_ack,   &T::ignore},
      /* last_ack   */ {&T::shutdown_syn,    &T::shutdown_synack,    &T::last_ack_fin,    &T::any_rst,      &T::last_ack_ack,    &T::ignore},
      /* close_wait */ {&T::shutdown_syn,    &T::shutdown_synack,    &T::close_wait_fin,  &T::any_rst,      &T::close_wait_ack,  &T::ignore},
      /* closing    */ {&T::shutdown_syn,    &T::shutdown_synack,    &T::closing_fin,     &T::any_rst,      &T::closing_ack,     &T::ignore},
      /* closed     */ {&T::closed,          &T::closed,             &T::closed,          &T::closed,       &T::closed,          &T::closed},
  };
  // clang-format on
  return kTable[static_cast<std::size_t>(state)][static_cast<std::size_t>(kind)];
}

TcpStates::Kind TcpStates::kind_of(const TcpSegment& segment) {
  if (segment.is(kTcpRst)) return Kind::kRst;
  if (segment.is(kTcpFin)) return Kind::kFin;
  if (segment.is(kTcpSyn)) return segment.is(kTcpAck) ? Kind::kSynAck : Kind::kSyn;
  return segment.is(kTcpAck) ? Kind::kAck : Kind::kNone;
}

void TcpStates::set_state(Step& step, TcpState state) {
  TcpSession& session = step.session;
  if (session.state == state) return;
  session.previous_state = session.state;
  session.state = state;
  session.state_changed = true;
  Flow& flow = *step.packet.flow;
  if (flow.state >= FlowState::kBypassedLocal) return;
  switch (state) {
    case State::kNone:
    case State::kSynSent:
    case State::kSynRecv:
      break;
    case State::kEstablished:
    case State::kFinWait1:
    case State::kFinWait2:
    case State::kClosing:
    case State::kCloseWait:
      flows_.set_state(flow, FlowState::kEstablished);
      break;
    case State::kLastAck:
    case State::kTimeWait:
    case State::kClosed:
      flows_.set_state(flow, FlowState::kClosed);
      break;
  }
}

OsPolicy TcpStates::target_policy(Step& step) {
  TcpStream& stream = step.sender;
  if (!stream.os_policy_known) {
    stream.os_policy_known = true;
    stream.os_policy = options_.os_policies.find(step.packet.destination);
  }
  return stream.os_policy;
}

// --- beginnings ---

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
      session.server.window_scale = segment.has_window_scale ? segment.window_scale : std::uint8_t{0};
      session.client.window_scale = segment.has_window_scale ? kUnknownWindowScale : std::uint8_t{0};
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

// --- judgements ---

bool TcpStates::valid_ack(Step& step) {
  const TcpSegment& segment = step.segment;
  const TcpStream& acked = step.receiver;
  if (!segment.is(kTcpAck)) return true;
  if (step.session.state == State::kSynSent && !step.to_server()) {
    const bool of_syn = segment.ack == acked.isn + 1 || segment.ack == acked.next_seq;
    if (!of_syn) add_event(step.packet, Event::kStreamPktInvalidAck);
    return of_syn;
  }
  const bool not_ahead =
      seq_le(segment.ack, acked.last_ack) || seq_le(segment.ack, acked.next_window);
  const bool not_long_ago = seq_ge(segment.ack, acked.last_ack - step.sender.window);
  if (not_ahead && not_long_ago) return true;
  add_event(step.packet, Event::kStreamPktInvalidAck);
  return false;
}

bool TcpStates::valid_timestamp(Step& step) {
  const TcpSegment& segment = step.segment;
  TcpStream& sender = step.sender;
  if (!step.session.timestamps || !segment.has_timestamp) return true;
  // An end that starts with zero may go on with zeros for a while.
  if (sender.zero_timestamp) {
    if (segment.timestamp == 0) return true;
    sender.zero_timestamp = false;
    sender.last_timestamp = segment.timestamp;
  }
  if (sender.last_packet_time == 0) return true;
  std::int32_t age = seq_diff(segment.timestamp, sender.last_timestamp);
  const OsPolicy policy = target_policy(step);
  const bool one_back_is_fine = options_.liberal_timestamps || policy == OsPolicy::kLinux ||
                                policy == OsPolicy::kWindows2k3;
  if (one_back_is_fine) ++age;
  if (age >= 0) return true;
  const auto now = static_cast<std::uint32_t>(whole_seconds(step.packet.time));
  if (now >= sender.last_packet_time + kPawsIdleSeconds) {
    sender.last_timestamp = segment.timestamp;
    return true;
  }
  add_event(step.packet, Event::kStreamPktInvalidTimestamp);
  return false;
}

/// An answer to a SYN has a timestamp only if the SYN had one, RFC 7323 section 3.2.
bool TcpStates::has_unasked_timestamp(Step& step) {
  return !step.to_server() && step.segment.has_timestamp && !step.receiver.timestamps;
}

void TcpStates::note_timestamp(Step& step) {
  const TcpSegment& segment = step.segment;
  TcpStream& sender = step.sender;
  if (!step.session.timestamps || !segment.has_timestamp) return;
  // RFC 7323 section 4.3: only of segments that begin where the other end's last ACK was.
  if (seq_le(segment.seq, sender.last_ack) && seq_ge(segment.timestamp, sender.last_timestamp)) {
    sender.last_timestamp = segment.timestamp;
  }
  sender.last_packet_time = static_cast<std::uint32_t>(whole_seconds(step.packet.time));
}

/// RFC 9293 section 3.10.7.4, first check, and RFC 5961: a reset counts when its number is what the
/// target expects next; some targets take any in the window.
bool TcpStates::valid_rst(Step& step) {
  const TcpSegment& segment = step.segment;
  const TcpStream& sender = step.sender;
  if (step.session.async) return seq_ge(segment.seq, sender.next_seq);
  if (!valid_timestamp(step)) return false;
  if (segment.is(kTcpAck) && segment.ack != 0 && !valid_ack(step)) {
    add_event(step.packet, Event::kStreamRstInvalidAck);
    return false;
  }
  switch (target_policy(step)) {
    case OsPolicy::kHpux11:
      return seq_ge(segment.seq, sender.next_seq);
    case OsPolicy::kLinux:
    case OsPolicy::kOldLinux:
    case OsPolicy::kSolaris:
      return seq_ge(segment.end(), sender.last_ack) &&
             seq_le(segment.end(), sender.next_seq + step.receiver.window);
    case OsPolicy::kBsd:
    case OsPolicy::kBsdRight:
    case OsPolicy::kOldSolaris:
    case OsPolicy::kHpux10:
    case OsPolicy::kIrix:
    case OsPolicy::kMacOs:
    case OsPolicy::kWindows:
    case OsPolicy::kVista:
    case OsPolicy::kWindows2k3:
      return segment.seq == sender.next_seq;
  }
  return false;
}

/// Whether it brings again what was acknowledged, in part or whole, or is on its way.
bool TcpStates::is_retransmission(Step& step) {
  const TcpSegment& segment = step.segment;
  if (segment.payload.empty()) return false;
  const bool begins_acknowledged = seq_lt(segment.seq, step.sender.last_ack);
  if (!begins_acknowledged && seq_gt(segment.end(), step.sender.next_seq)) return false;
  add_event(step.packet, Event::kStreamPktRetransmission);
  return true;
}

/// RFC 9293 section 3.8.4: a byte or none, one before the next, to make the other end answer.
bool TcpStates::is_keepalive(Step& step) {
  const TcpSegment& segment = step.segment;
  if (segment.size() > 1) return false;
  if ((segment.flags & (kTcpAck | kTcpSyn | kTcpRst | kTcpFin)) != kTcpAck) return false;
  if (segment.seq == step.sender.next_seq - 1 && segment.ack == step.receiver.last_ack) {
    step.sender.keepalive = true;
    return true;
  }
  const std::uint32_t window = std::uint32_t{segment.window} << step.sender.window_scale;
  if (step.receiver.keepalive && segment.payload.empty() && segment.seq == step.sender.next_seq &&
      segment.ack == step.receiver.last_ack && window == step.sender.window) {
    step.receiver.keepalive = false;
    return true;
  }
  step.sender.keepalive = step.receiver.keepalive = false;
  return false;
}

/// A smaller window from an end that seems to be ahead of what was seen of either.
bool TcpStates::is_bad_window_update(Step& step) {
  const TcpSegment& segment = step.segment;
  if (step.session.state < State::kEstablished || step.session.state == State::kClosed) return false;
  if ((segment.flags & (kTcpAck | kTcpSyn | kTcpRst | kTcpFin)) != kTcpAck) return false;
  const bool may_answer_fin = step.session.state == State::kTimeWait ||
                              step.session.state == State::kCloseWait ||
                              step.session.state == State::kLastAck;
  if (may_answer_fin && segment.payload.empty() && segment.seq == step.sender.next_seq + 1 &&
      segment.ack == step.receiver.next_seq + 1) {
    return false;
  }
  const std::uint32_t window = std::uint32_t{segment.window} << step.sender.window_scale;
  if (window >= step.sender.window) return false;
  const std::uint32_t shrunk = step.sender.window - window;
  if (shrunk > segment.ack - step.receiver.last_ack &&
      seq_gt(segment.ack, step.receiver.next_seq) && seq_gt(segment.seq, step.sender.next_seq)) {
    add_event(step.packet, Event::kStreamPktBadWindowUpdate);
    return true;
  }
  return false;
}

bool TcpStates::is_outdated_ack(Step& step) {
  const TcpSegment& segment = step.segment;
  if (step.session.state < State::kEstablished || step.session.state == State::kClosed) return false;
  return (segment.flags & (kTcpAck | kTcpSyn | kTcpRst | kTcpFin)) == kTcpAck &&
         segment.payload.empty() && segment.seq == step.sender.next_seq &&
         seq_lt(segment.ack, step.receiver.last_ack);
}

// --- effects ---

/// The acknowledgement and window of a segment that counts.
void TcpStates::take_ack(Step& step) {
  const TcpSegment& segment = step.segment;
  TcpStream& acked = step.receiver;
  TcpStream& sender = step.sender;
  note_timestamp(step);
  if (!segment.is(kTcpAck)) return;
  sender.window = std::uint32_t{segment.window} << sender.window_scale;
  if (seq_gt(segment.ack, acked.last_ack)) {
    acked.last_ack = segment.ack;
    const bool of_fin = acked.fin_seen && acked.last_ack == acked.fin_seq + 1;
    if (seq_gt(acked.last_ack, acked.next_seq)) {
      if (!of_fin) counters_.ack_unseen_data.add();
      if (acked.fin_seen) acked.next_seq = acked.last_ack;
    }
  }
  // The number of the client's FIN takes no room in the window.
  const bool past_fin =
      !step.to_server() && acked.fin_seen && seq_gt(acked.last_ack, acked.fin_seq);
  const std::uint32_t edge = (past_fin ? acked.fin_seq : acked.last_ack) + sender.window;
  if (seq_gt(edge, acked.next_window)) acked.next_window = edge;
}

/// The data of a segment that counts.
void TcpStates::take_data(Step& step) {
  const bool open = step.session.state <= State::kEstablished;
  if (seq_gt(step.segment.end(), step.sender.next_seq) &&
      (open || step.segment.seq == step.sender.next_seq)) {
    step.sender.next_seq = step.segment.end();
  }
  if (step.session.async) step.sender.last_ack = step.sender.next_seq;
  if (!reassembler_.insert(step.packet, step.session, step.packet.direction, step.segment)) {
    apply_exception_policy(options_.reassembly_memcap_policy,
                           ExceptionTarget::kStreamReassemblyMemcap, DropReason::kStreamReassembly,
                           step.packet, counters_.reassembly_policy);
  }
}

/// Begins further ahead than the other end has room for right now.
bool TcpStates::beyond_window(Step& step) {
  return seq_gt(step.segment.seq, step.sender.last_ack + step.receiver.window);
}

/// The FIN of this end once more.
bool TcpStates::is_same_fin(Step& step) {
  return step.segment.seq == step.sender.next_seq - 1 &&
         step.segment.ack == step.receiver.last_ack;
}

void TcpStates::take_fin(Step& step) {
  step.sender.fin_seen = true;
  step.sender.fin_seq = step.segment.end();
}

// --- the rows of the table ---

TcpStates::Outcome TcpStates::process(Packet& packet, TcpSession& session,
                                      const TcpSegment& segment) {
  session.state_changed = false;
  Step step{packet, session, segment, session.sender(packet.direction),
            session.receiver(packet.direction)};
  if (session.async && step.receiver.next_seq == step.receiver.isn + 1 && !step.to_server() ) {
    session.async = false;
  }
  if (is_keepalive(step)) return Outcome::kIgnored;
  if (!segment.payload.empty()) {
    const bool gone = seq_le(segment.end(), Reassembler::base_seq(step.sender));
    if (gone || seq_le(segment.end(), step.sender.last_ack)) {
      add_event(packet, Event::kStreamPktSpuriousRetransmission);
      if (gone || session.state < State::kEstablished) return Outcome::kIgnored;
    }
  }
  if (is_bad_window_update(step)) return Outcome::kInvalid;
  if (is_outdated_ack(step)) return Outcome::kIgnored;
  return (this->*handler_for(session.state, kind_of(segment)))(step);
}

TcpStates::Outcome TcpStates::ignore(Step&) { return Outcome::kIgnored; }

TcpStates::Outcome TcpStates::syn_sent_syn(Step& step) {
  const TcpSegment& segment = step.segment;
  if (!step.to_server()) {  // simultaneous open: both ends said SYN, RFC 9293 figure 8
    step.session.four_way = true;
    take_syn(step, entry_of(segment));
    step.sender.last_ack = segment.seq + 1;
    return Outcome::kTaken;
  }
  if (segment.seq == step.session.client.isn) return Outcome::kIgnored;  // sent again
  if (step.session.queued_syns >= options_.max_syn_queued) {
    return step.invalid(Event::kStream3whsSynFlood);
  }
  if (HandshakeQueue* const queue = queue_of(step.session);
      queue != nullptr && queue->count < HandshakeQueue::kMax) {
    queue->entries[queue->count++] = entry_of(segment);
    ++step.session.queued_syns;
  }
  return Outcome::kTaken;
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
    const auto* const syn = std::find_if(
        begin, end, [&](const HandshakeQueue::Entry& entry) { return segment.ack == entry.seq + 1; });
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
      step.sender.rst_seen = step.session.closed_by_rst = true;
      set_state(step, State::kClosed);
      return Outcome::kTaken;
    }
    static_cast<void>(valid_rst(step));
    return Outcome::kIgnored;
  }
  if (has_unasked_timestamp(step)) return step.invalid(Event::kStreamPktInvalidTimestamp);
  // "Connection refused" acknowledges the SYN and has number 0, RFC 9293 section 3.10.7.1.
  if (!valid_rst(step)) return Outcome::kInvalid;
  step.sender.rst_seen = step.session.closed_by_rst = true;
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
  // What the other end has room for nobody says; as in the reference a FIN is held against this one's.
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
  step.sender.rst_seen = step.session.closed_by_rst = true;
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
    const auto* const synack = std::find_if(
        begin, end, [&](const HandshakeQueue::Entry& entry) { return segment.ack == entry.seq + 1; });
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
    // that the client's ACK went by unseen. Inline it may be an injection, before the handshake is done.
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

TcpStates::Outcome TcpStates::established_syn(Step& step) {
  if (!step.to_server()) return step.invalid(Event::kStreamEstSynToclient);
  if (step.segment.seq != step.session.client.isn) {
    return step.invalid(Event::kStreamEstSynResendDiffSeq);
  }
  return step.invalid(Event::kStreamEstSynResend);
}

TcpStates::Outcome TcpStates::established_synack(Step& step) {
  TcpSession& session = step.session;
  if (step.to_server()) return step.invalid(Event::kStreamEstSynackToserver);
  if (step.segment.ack != session.client.last_ack) {
    return step.invalid(Event::kStreamEstSynackResendWithDifferentAck);
  }
  if (step.segment.seq != session.server.isn) {
    return step.invalid(Event::kStreamEstSynackResendWithDiffSeq);
  }
  return step.invalid(Event::kStreamEstSynackResend);
}

TcpStates::Outcome TcpStates::established_fin(Step& step) {
  const TcpSegment& segment = step.segment;
  TcpStream& sender = step.sender;
  if (!valid_timestamp(step)) return Outcome::kInvalid;
  if (!valid_ack(step)) return step.invalid(Event::kStreamFinInvalidAck);
  if (seq_lt(segment.seq, sender.last_ack) || seq_gt(segment.end(), sender.next_window)) {
    return step.invalid(Event::kStreamFinOutOfWindow);
  }
  set_state(step, step.to_server() ? State::kCloseWait : State::kFinWait1);
  sender.fin_seen = true;
  sender.fin_seq = segment.end();
  take_ack(step);
  take_data(step);
  sender.next_seq = segment.end() + (step.to_server() ? 0 : 1);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::established_ack(Step& step) {
  const TcpSegment& segment = step.segment;
  TcpSession& session = step.session;
  TcpStream& sender = step.sender;
  if (!valid_timestamp(step)) return Outcome::kInvalid;
  if (session.midstream && step.receiver.isn == 0) start_stream(step.receiver, segment.ack - 1);
  if (!valid_ack(step)) return step.invalid(Event::kStreamEstInvalidAck);

  const bool like_keepalive = segment.payload.empty() && segment.seq == sender.next_seq - 1;
  if (like_keepalive) return Outcome::kIgnored;
  const bool due = segment.seq == sender.next_seq && !segment.payload.empty();
  if (seq_lt(segment.end(), sender.last_ack) && !due && !session.async) {
    return step.invalid(Event::kStreamEstPktBeforeLastAck);
  }
  if (seq_gt(segment.end(), sender.next_seq)) sender.next_seq = segment.end();
  const bool in_window = seq_le(segment.end(), sender.next_window) || session.async;
  if (!in_window) return step.invalid(Event::kStreamEstPacketOutOfWindow);
  take_ack(step);
  take_data(step);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::any_rst(Step& step) {
  if (!valid_rst(step)) return Outcome::kInvalid;
  step.sender.rst_seen = true;
  step.session.closed_by_rst = true;
  take_ack(step);
  // A reset may carry its reason as data (RFC 1122 section 4.2.2.12): that is not part of the stream.
  set_state(step, State::kClosed);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::shutdown_syn(Step& step) {
  return step.invalid(Event::kStreamShutdownSynResend);
}
TcpStates::Outcome TcpStates::shutdown_synack(Step& step) {
  return step.invalid(Event::kStreamShutdownSynResend);
}

// The server closed first. FIN_WAIT1: its FIN waits for an answer.
TcpStates::Outcome TcpStates::fin_wait1_fin(Step& step) {
  const TcpSegment& segment = step.segment;
  if (!valid_timestamp(step)) return Outcome::kInvalid;
  if (!step.to_server() && is_same_fin(step)) return Outcome::kIgnored;
  const bool again = is_retransmission(step);
  if (!again && (seq_lt(segment.seq, step.sender.next_seq - 1) || beyond_window(step))) {
    return step.invalid(Event::kStreamFin1FinWrongSeq);
  }
  if (!valid_ack(step)) return step.invalid(Event::kStreamFin1InvalidAck);
  if (!again) take_fin(step);
  take_ack(step);
  take_data(step);
  if (!again) set_state(step, segment.is(kTcpAck) ? State::kTimeWait : State::kClosing);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::fin_wait1_ack(Step& step) {
  if (!valid_timestamp(step)) return Outcome::kInvalid;
  const bool again = is_retransmission(step);
  if (!valid_ack(step)) return step.invalid(Event::kStreamFin1InvalidAck);
  const bool of_fin = step.segment.ack == step.receiver.next_seq;
  if (!again && (of_fin || !step.to_server()) &&
      seq_gt(step.segment.end(), step.sender.next_window)) {
    return step.invalid(Event::kStreamFin1AckWrongSeq);
  }
  const bool answers = step.to_server() ? of_fin && step.segment.seq == step.sender.next_seq
                                        : step.segment.seq == step.sender.fin_seq;
  if (!again && answers) set_state(step, State::kFinWait2);
  take_ack(step);
  take_data(step);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::fin_wait2_fin(Step& step) {
  const TcpSegment& segment = step.segment;
  if (!valid_timestamp(step)) return Outcome::kInvalid;
  if (is_same_fin(step)) return Outcome::kIgnored;
  const bool again = is_retransmission(step);
  if (!again && (seq_lt(segment.seq, step.sender.last_ack) || beyond_window(step))) {
    return step.invalid(Event::kStreamFin2FinWrongSeq);
  }
  if (!valid_ack(step)) return step.invalid(Event::kStreamFin2InvalidAck);
  if (!again) take_fin(step);
  take_ack(step);
  take_data(step);
  if (!again) set_state(step, State::kTimeWait);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::fin_wait2_ack(Step& step) {
  if (!valid_timestamp(step)) return Outcome::kInvalid;
  const bool again = is_retransmission(step);
  if (!valid_ack(step)) return step.invalid(Event::kStreamFin2InvalidAck);
  if (!again && seq_gt(step.segment.end(), step.sender.next_window)) {
    return step.invalid(Event::kStreamFin2AckWrongSeq);
  }
  take_ack(step);
  take_data(step);
  return Outcome::kTaken;
}

// The client closed first. CLOSE_WAIT: the server may go on sending.
TcpStates::Outcome TcpStates::close_wait_fin(Step& step) {
  const TcpSegment& segment = step.segment;
  TcpStream& sender = step.sender;
  if (!valid_timestamp(step)) return Outcome::kInvalid;
  const bool again = is_retransmission(step);
  if (!again && (seq_lt(segment.seq, sender.last_ack) || beyond_window(step))) {
    return step.invalid(Event::kStreamClosewaitFinOutOfWindow);
  }
  if (!valid_ack(step)) return step.invalid(Event::kStreamClosewaitInvalidAck);
  if (!again) take_fin(step);
  take_ack(step);
  take_data(step);
  if (!again && !step.to_server()) set_state(step, State::kLastAck);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::close_wait_ack(Step& step) {
  const TcpSegment& segment = step.segment;
  if (!valid_timestamp(step)) return Outcome::kInvalid;
  is_retransmission(step);
  if (!segment.payload.empty() && seq_le(segment.end(), step.sender.last_ack)) {
    return step.invalid(Event::kStreamClosewaitPktBeforeLastAck);
  }
  if (beyond_window(step)) return step.invalid(Event::kStreamClosewaitAckOutOfWindow);
  if (!valid_ack(step)) return step.invalid(Event::kStreamClosewaitInvalidAck);
  take_ack(step);
  take_data(step);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::closing_ack(Step& step) {
  if (!valid_timestamp(step)) return Outcome::kInvalid;
  const bool again = is_retransmission(step);
  if (step.segment.seq != step.sender.next_seq) {
    return step.invalid(Event::kStreamClosingAckWrongSeq);
  }
  if (!valid_ack(step)) return step.invalid(Event::kStreamClosingInvalidAck);
  take_ack(step);
  take_data(step);
  if (!again) set_state(step, State::kTimeWait);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::closing_fin(Step& step) {
  return step.segment.is(kTcpAck) ? closing_ack(step) : Outcome::kIgnored;
}

TcpStates::Outcome TcpStates::last_ack_fin(Step& step) {
  take_ack(step);
  return Outcome::kIgnored;  // sent again
}

TcpStates::Outcome TcpStates::last_ack_ack(Step& step) {
  const TcpSegment& segment = step.segment;
  if (!step.to_server()) return Outcome::kIgnored;
  if (!valid_timestamp(step)) return Outcome::kInvalid;
  const bool again = is_retransmission(step);
  if (!valid_ack(step)) return step.invalid(Event::kStreamLastackInvalidAck);
  if (segment.payload.empty() && seq_lt(segment.seq, step.sender.next_seq)) return Outcome::kIgnored;
  if (!again && segment.seq != step.sender.next_seq && segment.seq != step.sender.next_seq + 1) {
    return step.invalid(Event::kStreamLastackAckWrongSeq);
  }
  if (!again) set_state(step, State::kClosed);
  take_ack(step);
  take_data(step);
  return Outcome::kTaken;
}

TcpStates::Outcome TcpStates::time_wait_fin(Step& step) {
  take_ack(step);
  return Outcome::kIgnored;  // sent again
}

TcpStates::Outcome TcpStates::time_wait_ack(Step& step) {
  const TcpSegment& segment = step.segment;
  if (!valid_timestamp(step)) return Outcome::kInvalid;
  const bool again = is_retransmission(step);
  const std::uint32_t fin = step.sender.fin_seen ? step.sender.fin_seq : step.sender.next_seq;
  if (!again && segment.seq != fin && segment.seq != fin + 1) {
    return step.invalid(Event::kStreamTimewaitAckWrongSeq);
  }
  if (!valid_ack(step)) return step.invalid(Event::kStreamTimewaitInvalidAck);
  take_ack(step);
  take_data(step);
  if (!again) set_state(step, State::kClosed);
  return Outcome::kTaken;
}

/// What comes after a reset says whether it was believed. A server that refuses a connection and then
/// accepts it did not send the reset.
TcpStates::Outcome TcpStates::closed(Step& step) {
  TcpSession& session = step.session;
  if (step.segment.is(kTcpRst)) return Outcome::kIgnored;
  const bool refused = session.closed_by_rst && session.previous_state == State::kSynSent &&
                       !step.to_server() && step.sender.rst_seen;
  if (refused) {
    add_event(step.packet, Event::kStreamSuspectedRstInject);
    step.sender.rst_seen = session.closed_by_rst = false;
    session.state = State::kSynSent;
    session.previous_state = State::kNone;
    flows_.set_state(*step.packet.flow, FlowState::kNew);
    return (this->*handler_for(session.state, kind_of(step.segment)))(step);
  }
  const OsPolicy policy = target_policy(step);
  const bool believes_less = policy == OsPolicy::kLinux || policy == OsPolicy::kOldLinux ||
                             policy == OsPolicy::kSolaris;
  if (believes_less && session.closed_by_rst && step.receiver.rst_seen && !step.sender.rst_seen &&
      session.previous_state >= State::kEstablished && step.segment.is(kTcpAck) &&
      seq_ge(step.segment.seq, step.sender.next_seq)) {
    add_event(step.packet, Event::kStreamSuspectedRstInject);
  }
  return Outcome::kIgnored;
}

}  // namespace culvert
