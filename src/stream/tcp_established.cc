// Rows of the table: an established connection, and resets.
#include "stream/tcp_step.h"

namespace culvert {
namespace {

using State = TcpState;
using Event = PacketEvent;

}  // namespace

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
  step.note_rst();
  take_ack(step);
  // A reset may carry its reason as data (RFC 1122 section 4.2.2.12): that is not part of the stream.
  set_state(step, State::kClosed);
  return Outcome::kTaken;
}

}  // namespace culvert
