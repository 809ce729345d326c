// Whether the end that gets a segment would take it.
#include "stream/tcp_step.h"

namespace culvert {
namespace {

using State = TcpState;
using Event = PacketEvent;

/// RFC 7323 section 5.5: after so long a silence a timestamp may have wrapped.
constexpr std::uint32_t kPawsIdleSeconds = 24 * 24 * 3600;

}  // namespace

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

/// Begins further ahead than the other end has room for right now.
bool TcpStates::beyond_window(Step& step) {
  return seq_gt(step.segment.seq, step.sender.last_ack + step.receiver.window);
}

/// The FIN of this end once more.
bool TcpStates::is_same_fin(Step& step) {
  return step.segment.seq == step.sender.next_seq - 1 &&
         step.segment.ack == step.receiver.last_ack;
}

}  // namespace culvert
