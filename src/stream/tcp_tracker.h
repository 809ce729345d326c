// TCP connection tracking and reassembly. For each TCP packet that has a flow: moves the state of
// the connection, judges whether an end host would take the segment, and hands data on in order.
//
//     watching (IDS)   data is handed over when the other end acknowledges it: the packet that
//                      brings the ACK, of the opposite direction, is the `packet` of the call
//     inline (IPS)     data is handed over with the segment that completes it, before it passes
//
// When a connection ends (FIN, RST, timeout) what is still held is handed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "flow/flow.h"
#include "flow/flow_table.h"
#include "packet/packet.h"
#include "stream/stream_counters.h"
#include "stream/stream_options.h"
#include "stream/tcp_session.h"

namespace culvert {

/// Takes the data of TCP streams. Calls come from process() and finish_flow(), in stream order for
/// each direction.
class StreamReceiver {
 public:
  virtual ~StreamReceiver() = default;

  /// `bytes` start at stream offset `offset`; valid during the call. `packet` is the one that made
  /// them available (see above), null when the flow timed out. Returns how many bytes were taken:
  /// what is not taken comes again, together with more, so that protocol detection can look at the
  /// start of a stream as it grows. At `end_of_stream` (once for a direction, maybe without bytes)
  /// what is not taken is lost.
  virtual std::size_t on_stream_data(Packet* packet, Flow& flow, Direction direction, Bytes bytes,
                                     std::uint64_t offset, bool end_of_stream) = 0;
  /// `missing` bytes at `offset` were lost, or acknowledged without having been seen.
  virtual void on_stream_gap(Packet* packet, Flow& flow, Direction direction, std::uint64_t missing,
                             std::uint64_t offset) = 0;
  /// The packet goes beyond the reassembly depth of its direction. True: what it could yet be given
  /// of that direction is not wanted either.
  virtual bool on_stream_cut(Packet& /*packet*/, Flow& /*flow*/) { return false; }
};

/// A stretch of one direction's reassembled data for rules on the raw stream. Views the
/// reassembler's memory: valid until the next call of process() for the flow.
struct RawStreamView {
  Bytes data;
  std::uint64_t offset = 0;  ///< of data[0]
};

/// The payload of the packet in hand as the newest bytes of its direction, in the reassembler's
/// memory, with some of what came before them and all that they make in order. Empty: it is not
/// just that (out of order, an overlap, cut short).
struct NewestView {
  Bytes data;
  std::uint64_t offset = 0;  ///< of data[0]
  std::uint64_t fresh = 0;   ///< offset of the packet's first byte
};

/// How far one direction's bytes may be looked at, as frames are.
struct FrameStretch {
  std::uint64_t limit = 0;  ///< behind the last that may be handed over
  std::uint64_t edge = 0;   ///< behind the last that has come
  bool is_inline = false;
  bool has_ended = false;
};

class TcpTracker {
 public:
  /// `workers` share the memory limits of `options`. All references outlive the tracker.
  TcpTracker(const StreamOptions& options, StreamReceiver& receiver, FlowTable& flows,
             StreamCounters& counters, unsigned workers = 1);
  ~TcpTracker();
  TcpTracker(const TcpTracker&) = delete;
  TcpTracker& operator=(const TcpTracker&) = delete;

  /// REQUIRES: packet.is_tcp() and packet.flow. Sets packet.events, .established,
  /// .stream_inspected (its payload became part of a stream) and, inline, .verdict; moves
  /// flow.state; calls the receiver for either direction.
  void process(Packet& packet);

  /// The flow is about to end: hands over what is held of a direction, with end_of_stream. First
  /// the client's; what the receiver then leaves, as it may be understood with what the server has
  /// said, comes again with the server's.
  void finish_flow(Flow& flow, Direction direction);
  /// Frees the session; flow.tcp is null then.
  void release(Flow& flow);

  /// Whether `packet` opens a new connection between the same ends (FlowObserver asks this).
  bool starts_new_flow(const Packet& packet, const Flow& flow) const;

  /// Client and server change places (protocol detection found that the first packet was not the
  /// client's): flow, session, and the packet in hand.
  void swap(Packet& packet);

  /// The data of `direction` that rules on the raw stream should look at now: everything new since
  /// set_raw_progress(), when it is a chunk or nobody waits for more (trigger_raw(), end of
  /// stream). Inline: also up to a chunk of what came before. Empty: nothing to do.
  RawStreamView raw(const Flow& flow, Direction direction) const;
  /// With up to `back` bytes before those of the packet in hand. Valid as raw() is.
  NewestView newest(const Flow& flow, Direction direction, std::size_t back) const;
  /// Changes when bytes at an offset may be others than before. 0: that cannot be told.
  std::uint64_t version(const Flow& flow, Direction direction) const;
  /// Whether bytes of `direction` wait for their acknowledgement before the receiver is shown them.
  bool holds_unseen(const Flow& flow, Direction direction) const;
  /// Whether rules have yet to look at bytes of `direction`.
  bool holds_raw(const Flow& flow, Direction direction) const;
  /// Whether in the reference the flow's end is as a packet of `direction`, with nothing new of it:
  /// when the other side's last bytes, or its own reset, ask for one. Before finish_flow().
  bool ends_as_packet(const Flow& flow, Direction direction) const;
  /// Bytes before `offset` have been inspected.
  void set_raw_progress(Flow& flow, Direction direction, std::uint64_t offset);
  /// The next raw() does not wait for a whole chunk: a transaction is complete.
  void trigger_raw(Flow& flow, Direction direction);

  /// `stream.reassembly.depth` does not hold for the flow: its protocol wants all of it.
  void lift_depth(Flow& flow);
  /// From now on bytes of both directions are kept for frames, up to release_frames().
  void keep_for_frames(Flow& flow);
  /// Frames need nothing before `offset`, and never more than 64 KiB of what the receiver has
  /// taken.
  void release_frames(Flow& flow, Direction direction, std::uint64_t offset);
  FrameStretch stretch(const Flow& flow, Direction direction) const;
  /// Bytes that are held from `offset` on without a hole; where there is one, those behind it.
  RawStreamView held_from(const Flow& flow, Direction direction, std::uint64_t offset) const;

  /// All that is held in memory of a direction, oldest first, for EVE's `payload` of stream rules:
  /// up to `out.size()` bytes; "[4 bytes missing]" stands for a gap. Returns how many.
  std::size_t copy_held(const Flow& flow, Direction direction, std::span<std::byte> out) const;

  /// From now on data is handed over as it comes, without waiting for its acknowledgement, and is
  /// not kept: for what is encrypted, where it does not matter whose version of a byte is believed.
  void hand_over_at_once(Flow& flow);
  /// The receiver knows all it wants of the next `size` bytes after those it has taken: they are
  /// not shown to it, and where rules do not look at them either, they are not kept.
  void skip(Flow& flow, Direction direction, std::uint32_t size);
  /// What comes from now on is not for rules on the raw stream: what there is, is yet, in each
  /// direction with its next packet. Along with Flow::no_payload_inspection.
  void close_raw(Flow& flow);
  /// Along with Flow::no_payload_inspection: the raw stream is shown on, chunk by chunk.
  void keep_raw(Flow& flow);
  /// No more calls of the receiver for this direction; raw inspection goes on.
  void disable_app(Flow& flow, Direction direction);
  /// Neither app nor raw: nothing is held any more (encrypted, bypassed).
  void stop_reassembly(Flow& flow, Direction direction);
  /// Offers held data of a direction to the receiver again, as after protocol detection.
  void deliver_pending(Packet* packet, Flow& flow, Direction direction);

  const StreamOptions& options() const { return options_; }

 private:
  class Impl;
  const StreamOptions& options_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert
