// What is kept of a TCP connection: sequence numbers, windows and flags of both ends, as RFC 9293
// defines them, seen from the middle.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "packet/packet.h"
#include "stream/stream_options.h"

namespace culvert {

class StreamBuffer;
struct HandshakeQueue;

enum class TcpState : std::uint8_t {
  kNone,
  kSynSent,
  kSynRecv,
  kEstablished,
  kFinWait1,
  kFinWait2,
  kTimeWait,
  kLastAck,
  kCloseWait,
  kClosing,
  kClosed,
  kLast = kClosed,
};
constexpr std::array<std::string_view, static_cast<std::size_t>(TcpState::kLast) + 1>
    kTcpStateNames{"none",      "syn_sent", "syn_recv",   "established", "fin_wait1", "fin_wait2",
                   "time_wait", "last_ack", "close_wait", "closing",     "closed"};
constexpr std::string_view name_of(TcpState state) {
  return kTcpStateNames[static_cast<std::size_t>(state)];
}

/// What one end has sent. Stream offsets count its data bytes from 0, the one after the SYN.
struct TcpStream {
  std::uint32_t isn = 0;       ///< initial sequence number
  std::uint32_t next_seq = 0;  ///< one past the highest sequence number sent in order
  std::uint32_t last_ack = 0;  ///< highest acknowledgement by the other end of what this one sent
  std::uint32_t window = 0;    ///< last window that this end advertised, scaled
  std::uint32_t next_window = 0;       ///< right edge of what this end may send
  std::uint32_t last_timestamp = 0;    ///< TSval, RFC 7323
  std::uint32_t last_packet_time = 0;  ///< whole seconds; to tell a TSval that may have wrapped
  std::uint32_t base_seq = 0;          ///< sequence number of stream offset `base_offset`
  std::uint64_t base_offset = 0;
  std::uint64_t app_progress = 0;    ///< bytes that the receiver took, gaps included
  std::uint64_t app_offered = 0;     ///< bytes that it was shown
  std::uint64_t raw_progress = 0;    ///< bytes that raw stream rules have inspected
  std::uint64_t frame_progress = 0;  ///< bytes that no frame needs any more, when keeps_frames
  StreamBuffer* buffer = nullptr;    ///< null while nothing is held
  /// Bytes from app_progress on that the receiver does not want to see.
  std::uint32_t app_skip = 0;
  std::uint32_t fin_seq = 0;     ///< of the FIN, when fin_seen
  std::uint32_t urgent_seq = 0;  ///< of the last urgent byte taken out, when urgent_oob is not 0
  std::uint16_t urgent_oob = 0;  ///< urgent bytes taken out
  std::uint8_t tcp_flags = 0;    ///< of all packets, or'ed
  std::uint8_t window_scale = 0;
  std::uint8_t max_regions = 0;
  /// Segments that brought other bytes than were there, up to the largest number: while it stays,
  /// so have the bytes at an offset.
  std::uint8_t rewrites = 0;
  OsPolicy os_policy = OsPolicy::kBsd;
  bool os_policy_known : 1 = false;
  bool timestamps : 1 = false;  ///< offered and accepted
  bool zero_timestamp : 1 = false;
  bool keepalive : 1 = false;  ///< its last packet was a keep-alive
  bool rst_seen : 1 = false;
  bool rst_signed : 1 = false;      ///< that reset was signed: the end may not have believed it
  bool fin_seen : 1 = false;
  bool has_gap : 1 = false;
  bool depth_reached : 1 = false;
  bool no_reassembly : 1 = false;
  bool app_disabled : 1 = false;
  bool raw_disabled : 1 = false;
  bool raw_closes : 1 = false;  ///< what there is is inspected with its next packet, then disabled
  bool eof_delivered : 1 = false;
  bool raw_trigger : 1 = false;   ///< raw inspection need not wait for a whole chunk
  bool keeps_frames : 1 = false;  ///< bytes are kept for frames (app/frame.h)
  bool sack_permitted : 1 = false;
  bool window_scale_seen : 1 = false;
};

struct TcpSession {
  TcpState state = TcpState::kNone;
  TcpState previous_state = TcpState::kNone;
  std::uint8_t flags_both = 0;  ///< TCP flags of all packets of both directions
  std::uint8_t invalid_packets = 0;
  bool midstream : 1 = false;
  bool midstream_synack : 1 = false;  ///< picked up at its SYN+ACK
  bool midstream_established : 1 = false;
  bool async : 1 = false;     ///< only one direction is seen
  bool four_way : 1 = false;  ///< simultaneous open or split handshake
  bool timestamps : 1 = false;
  bool tfo : 1 = false;  ///< TCP Fast Open was asked for, RFC 7413
  bool tfo_data_ignored : 1 = false;
  bool closed_by_rst : 1 = false;
  bool bypass : 1 = false;
  bool state_changed : 1 = false;  ///< by the packet in hand
  bool window_scaling : 1 = false;
  bool app_enabled : 1 = true;
  bool memcap_hit : 1 = false;
  /// Data is handed over as it comes, acknowledged or not: nobody looks at the bytes themselves.
  bool eager : 1 = false;
  bool raw_goes_on : 1 = false;  ///< rules see the raw stream, though not the packets' payloads
  bool no_depth : 1 = false;  ///< its protocol wants all of it, whatever the reassembly depth
  std::uint8_t queued_synacks = 0;
  HandshakeQueue* queue = nullptr;  ///< SYNs or SYN+ACKs that differ; null mostly
  TcpStream client, server;

  TcpStream& sender(Direction d) { return d == Direction::kToServer ? client : server; }
  TcpStream& receiver(Direction d) { return d == Direction::kToServer ? server : client; }
  const TcpStream& sender(Direction d) const { return d == Direction::kToServer ? client : server; }
  /// The connection is over: only then, as in the reference, does either direction end for those
  /// above, as an end that has said all may still be told much.
  bool both_fins_acknowledged() const {
    const auto is_acknowledged = [](const TcpStream& s) {
      return s.fin_seen && static_cast<std::int32_t>(s.last_ack - s.fin_seq) > 0;
    };
    return is_acknowledged(client) && is_acknowledged(server);
  }
  /// Bytes of data seen of one direction, as `stream_size` counts them: by sequence number.
  std::uint32_t bytes_seen(Direction d) const {
    const TcpStream& s = sender(d);
    return s.next_seq == 0 ? 0 : s.next_seq - s.isn;
  }
};

static_assert(sizeof(TcpSession) <= 272, "with its flow, an idle TCP connection fits 512 bytes");

}  // namespace culvert
