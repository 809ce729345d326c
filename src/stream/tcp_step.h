// What the parts of TcpStates share: the packet at hand.
#pragma once

#include "stream/tcp_states.h"

namespace culvert {

/// What a window scale is taken for that was not seen: the largest there is.
inline constexpr std::uint8_t kUnknownWindowScale = 14;

inline void start_stream(TcpStream& stream, std::uint32_t isn) {
  stream.isn = isn;
  stream.next_seq = isn + 1;
  stream.base_seq = isn + 1;
  stream.base_offset = 0;
}

/// The packet at hand, and the session from where it stands.
struct TcpStates::Step {
  Packet& packet;
  TcpSession& session;
  const TcpSegment& segment;
  TcpStream& sender;
  TcpStream& receiver;

  bool to_server() const { return packet.direction == Direction::kToServer; }
  void note_rst() {
    sender.rst_seen = session.closed_by_rst = true;
    sender.rst_signed = segment.is_signed;
  }
  Outcome invalid(PacketEvent event) {
    add_event(packet, event);
    return Outcome::kInvalid;
  }
};

}  // namespace culvert
