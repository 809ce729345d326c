// Puts the segments of a direction in order and hands the stream on: the part of TcpTracker that
// deals in data. The part that deals in states is tcp_states.h.
#pragma once

#include <cstdint>

#include "flow/flow.h"
#include "packet/packet.h"
#include "packet/packet_events.h"
#include "stream/block_pool.h"
#include "stream/object_pool.h"
#include "stream/stream_buffer.h"
#include "stream/stream_counters.h"
#include "stream/stream_options.h"
#include "stream/tcp_segment.h"
#include "stream/tcp_session.h"
#include "stream/tcp_tracker.h"

namespace culvert {

inline void add_event(Packet& packet, PacketEvent event) {
  packet.events.add(static_cast<std::uint16_t>(event));
}

class Reassembler {
 public:
  Reassembler(const StreamOptions& options, StreamReceiver& receiver, StreamCounters& counters,
              std::uint64_t memory_bytes);

  /// Offset of a sequence number in the stream: negative before its first byte.
  static std::int64_t offset_of(const TcpStream& stream, std::uint32_t seq) {
    return static_cast<std::int64_t>(stream.base_offset) + seq_diff(seq, stream.base_seq);
  }

  /// The sequence number of the first byte that is still held or waited for.
  static std::uint32_t base_seq(const TcpStream& stream);

  /// The payload of a segment that the state machine took. Says false when it should be dropped
  /// (inline): no memory, urgent policy.
  bool insert(Packet& packet, TcpSession& session, Direction direction, const TcpSegment& segment);
  /// Hands over what may be: up to the acknowledgement, or inline all that is in order.
  void deliver(Packet* packet, Flow& flow, TcpSession& session, Direction direction);
  /// Hands over what is in order, acknowledged or not.
  void deliver_held(Packet* packet, Flow& flow, TcpSession& session, Direction direction);
  /// The same, and says that it was the end.
  void finish(Packet* packet, Flow& flow, TcpSession& session, Direction direction);
  /// Lets go of what nobody needs any more.
  void prune(TcpSession& session, Direction direction);
  void release(TcpStream& stream);

  /// Forgets the packet before: raw() looks at the one in hand.
  void begin_packet() {
    inserted_into_ = nullptr;
    is_newest_ = false;
  }
  RawStreamView raw(const TcpSession& session, Direction direction) const;
  NewestView newest(const TcpSession& session, Direction direction, std::size_t back) const;
  bool holds_unseen(const TcpSession& session, Direction direction) const;
  /// How far a direction's bytes may be looked at, and have been seen.
  FrameStretch stretch(const TcpSession& session, Direction direction) const;
  /// Bytes that are held from `offset` on, or behind a hole there, up to the next.
  RawStreamView held_from(const TcpStream& stream, std::uint64_t offset) const;
  std::size_t copy_held(const TcpStream& stream, std::span<std::byte> out) const;
  void update_memuse() { counters_.reassembly_memuse.set(blocks_.used_bytes()); }

 private:
  /// One past what the receiver could be given.
  std::uint64_t held_end(const TcpStream& stream) const;
  void write_over(Packet& packet, const TcpStream& stream, std::int64_t offset, Bytes bytes) const;
  bool pass_on(Packet& packet, TcpSession& session, Direction direction, std::int64_t offset,
               Bytes bytes);
  bool insert_bytes(Packet& packet, TcpStream& stream, std::int64_t offset, Bytes bytes);
  void deliver_up_to(Packet* packet, Flow& flow, TcpSession& session, Direction direction,
                     std::uint64_t limit, bool acknowledged, bool end);
  /// Bytes of the stream that may be handed over by now.
  std::uint64_t limit_of(const TcpSession& session, Direction direction) const;
  static std::uint64_t acknowledged(const TcpStream& stream);
  void reach_depth(Packet& packet, TcpSession& session, TcpStream& stream);
  /// Of each direction; 0: there is none.
  std::uint64_t depth_of(const TcpSession& session) const {
    return session.no_depth ? 0 : options_.depth_bytes;
  }

  const StreamOptions& options_;
  StreamReceiver& receiver_;
  StreamCounters& counters_;
  BlockPool blocks_;
  SegmentPool segments_;
  ObjectPool<StreamBuffer> buffers_;
  const TcpStream* inserted_into_ = nullptr;  ///< by the packet in hand
  std::uint64_t inserted_end_ = 0;            ///< offset where its data ends
  std::uint64_t newest_begin_ = 0;            ///< and begins, if is_newest_
  bool is_newest_ = false;                    ///< its payload went on where what is in order ended
};

}  // namespace culvert
