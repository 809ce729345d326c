#include "stream/tcp_states.h"

#include "stream/tcp_step.h"

namespace culvert {
namespace {

using State = TcpState;
using Event = PacketEvent;

}  // namespace

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

void TcpStates::take_fin(Step& step) {
  step.sender.fin_seen = true;
  step.sender.fin_seq = step.segment.end();
}


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
    // RFC 9293 section 3.5.3 allows it, for the reason; hardly anybody does it.
    if (segment.is(kTcpRst) && session.state != State::kClosed) {
      add_event(packet, Event::kStreamRstWithData);
    }
  }
  if (is_bad_window_update(step)) return Outcome::kInvalid;
  if (is_outdated_ack(step)) return Outcome::kIgnored;
  return (this->*handler_for(session.state, kind_of(segment)))(step);
}

TcpStates::Outcome TcpStates::ignore(Step&) { return Outcome::kIgnored; }

}  // namespace culvert
