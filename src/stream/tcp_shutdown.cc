// Rows of the table: from the first FIN to the end.
#include "stream/tcp_step.h"

namespace culvert {
namespace {

using State = TcpState;
using Event = PacketEvent;

}  // namespace

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

TcpStates::Outcome TcpStates::time_wait_fin(Step&) {
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
/// accepts it did not send the reset; nor did an end that goes on after one that was signed.
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
  if (session.closed_by_rst && step.sender.rst_signed) {
    add_event(step.packet, Event::kStreamSuspectedRstInject);
    step.sender.rst_seen = step.sender.rst_signed = session.closed_by_rst = false;
    set_state(step, session.previous_state);
    if (session.state < State::kEstablished) {
      flows_.set_state(*step.packet.flow, FlowState::kNew);
    }
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
