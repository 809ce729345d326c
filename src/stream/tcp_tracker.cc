#include "stream/tcp_tracker.h"

#include <algorithm>
#include <limits>

#include "stream/block_pool.h"
#include "stream/object_pool.h"
#include "stream/reassembler.h"
#include "stream/tcp_segment.h"
#include "stream/tcp_states.h"

namespace culvert {

class TcpTracker::Impl {
 public:
  Impl(const StreamOptions& options, StreamReceiver& receiver, FlowTable& flows,
       StreamCounters& counters, unsigned workers)
      : options_(options),
        receiver_(receiver),
        counters_(counters),
        session_blocks_(
            std::max<std::uint64_t>(options.memcap_bytes / std::max(workers, 1u), 16384)),
        sessions_(session_blocks_),
        queues_(session_blocks_),
        reassembler_(options, receiver, counters,
                     std::max<std::uint64_t>(
                         options.reassembly_memcap_bytes / std::max(workers, 1u), 65536)),
        states_(options, flows, counters, reassembler_, queues_) {}

  void process(Packet& packet);
  void finish(Flow& flow, Direction direction);
  void release(Flow& flow);
  bool starts_new_flow(const Packet& packet, const Flow& flow) const;

  Reassembler& reassembler() { return reassembler_; }

 private:
  void count(const Packet& packet, const TcpSegment& segment);
  TcpSession* make_session(Packet& packet);
  static void disable_raw(TcpSession& session, Direction direction);
  static void end_raw_at_depth(TcpSession& session);
  void hand_over(Packet& packet, TcpSession& session, bool resets);

  const StreamOptions& options_;
  StreamReceiver& receiver_;
  StreamCounters& counters_;
  BlockPool session_blocks_;
  ObjectPool<TcpSession> sessions_;
  ObjectPool<HandshakeQueue> queues_;
  Reassembler reassembler_;
  TcpStates states_;
};

void TcpTracker::Impl::count(const Packet& packet, const TcpSegment& segment) {
  if (segment.is_syn()) counters_.syn.add();
  if (segment.is_synack()) counters_.synack.add();
  if (segment.is(kTcpRst)) counters_.rst.add();
  if (segment.is(kTcpUrg)) counters_.urgent.add();
  if (packet.flow->wrong_thread) counters_.packet_on_wrong_thread.add();
}

TcpSession* TcpTracker::Impl::make_session(Packet& packet) {
  TcpSession* const session = sessions_.make();
  if (session == nullptr) {
    counters_.session_memcap_drop.add();
    apply_exception_policy(options_.memcap_policy, ExceptionTarget::kStreamMemcap,
                           DropReason::kStreamMemcap, packet, counters_.session_memcap_policy);
    return nullptr;
  }
  (sessions_.last_was_recycled() ? counters_.session_from_cache : counters_.session_from_pool)
      .add();
  counters_.sessions.add();
  counters_.active_sessions.add();
  counters_.memuse.set(session_blocks_.used_bytes());
  if (!options_.raw) session->client.raw_disabled = session->server.raw_disabled = true;
  return session;
}

void TcpTracker::Impl::process(Packet& packet) {
  Flow& flow = *packet.flow;
  reassembler_.begin_packet();
  const TcpSegment segment = TcpSegment::parse(packet);
  count(packet, segment);
  if (packet.bad_l4_checksum && options_.checksum_validation) {
    counters_.invalid_checksum.add();
    return;
  }
  if (!segment.is(kTcpAck) && segment.ack != 0) {
    add_event(packet, PacketEvent::kStreamPktBrokenAck);
  }
  if (segment.is(kTcpFin) && segment.is(kTcpSyn)) add_event(packet, PacketEvent::kStreamFinSyn);

  // What the application layer decides with this packet is about the next ones.
  if (flow.no_payload_inspection) {
    packet.no_payload_inspection = true;
    if (flow.tcp != nullptr) disable_raw(*flow.tcp, packet.direction);
  }
  // As it was when the packet came: the one that completes the handshake does not count yet.
  packet.established = flow.tcp != nullptr && flow.tcp->state >= TcpState::kEstablished;
  if (flow.tcp != nullptr) end_raw_at_depth(*flow.tcp);
  bool was_cut = false, resets = false;
  if (flow.tcp == nullptr) {
    const TcpStates::Pickup pickup = states_.may_begin(packet, segment);
    if (pickup == TcpStates::Pickup::kInvalid && options_.inline_mode && options_.drop_invalid) {
      packet.verdict.drop(DropReason::kStreamError);
    }
    if (pickup == TcpStates::Pickup::kNo || pickup == TcpStates::Pickup::kInvalid ||
        packet.verdict.is_drop()) {
      return;
    }
    if (flow.verdict == FlowVerdict::kBypass) return;
    flow.tcp = make_session(packet);
    if (flow.tcp == nullptr) return;
    states_.begin(packet, *flow.tcp, segment, pickup);
  } else {
    was_cut = flow.tcp->sender(packet.direction).depth_reached;
    const TcpState before = flow.tcp->state;
    const TcpStates::Outcome outcome = states_.process(packet, *flow.tcp, segment);
    // One that is signed may yet prove to be nobody's.
    resets = segment.is(kTcpRst) && !segment.is_signed && before >= TcpState::kEstablished &&
             before != TcpState::kClosed && flow.tcp->state == TcpState::kClosed;
    if (outcome == TcpStates::Outcome::kInvalid && options_.inline_mode && options_.drop_invalid) {
      packet.verdict.drop(DropReason::kStreamError);
    }
  }
  TcpSession& session = *flow.tcp;
  session.sender(packet.direction).tcp_flags |= segment.flags;
  session.flags_both |= segment.flags;
  hand_over(packet, session, resets);
  if (TcpStream& stream = session.sender(packet.direction); stream.depth_reached && !was_cut) {
    stream.app_disabled = receiver_.on_stream_cut(packet, flow) || stream.app_disabled;
  }
  if (session.bypass) packet.verdict.bypass = true;
}

/// No more raw data for rules, but what waits for a packet of its direction.
void TcpTracker::Impl::disable_raw(TcpSession& session, Direction direction) {
  if (session.raw_goes_on) return;
  for (TcpStream* const stream : {&session.client, &session.server}) {
    if (!stream->raw_closes) {
      stream->raw_disabled = true;
    } else if (stream == &session.sender(direction)) {
      stream->raw_closes = false;
      stream->raw_trigger = true;
    }
  }
}

/// As in the reference, rules look at a direction for the last time with the packet that goes
/// beyond its reassembly depth, though not all up to there may be acknowledged.
void TcpTracker::Impl::end_raw_at_depth(TcpSession& session) {
  for (TcpStream* const stream : {&session.client, &session.server}) {
    if (stream->depth_reached) stream->raw_disabled = true;
  }
}

/// First what the packet acknowledges, then what it brings, as the ends would see it.
void TcpTracker::Impl::hand_over(Packet& packet, TcpSession& session, bool resets) {
  const Direction theirs = opposite(packet.direction);
  if (resets) {
    // It ends what its sender said. What the other side still has in flight comes, as in the
    // reference, with the end of the flow, also if the reset acknowledges it.
    reassembler_.deliver_held(&packet, *packet.flow, session, packet.direction);
    if (reassembler_.holds_unseen(session, packet.direction)) {
      session.sender(packet.direction).raw_trigger = true;  // the receiver waits for the other side
    } else {
      reassembler_.finish(&packet, *packet.flow, session, packet.direction);
    }
  } else if (session.state >= TcpState::kEstablished || options_.inline_mode) {
    // What a fast open brought waits for a packet after the handshake: rules want `established`.
    const bool opens =
        session.tfo && packet.established && packet.direction == Direction::kToServer;
    if (opens) reassembler_.deliver(&packet, *packet.flow, session, packet.direction);
    reassembler_.deliver(&packet, *packet.flow, session, theirs);
    if (options_.inline_mode || session.async || session.eager ||
        session.both_fins_acknowledged()) {
      reassembler_.deliver(&packet, *packet.flow, session, packet.direction);
    }
  }
  reassembler_.prune(session, theirs);
  reassembler_.prune(session, packet.direction);
  reassembler_.update_memuse();
}

void TcpTracker::Impl::finish(Flow& flow, Direction direction) {
  reassembler_.begin_packet();  // there is none in hand
  if (flow.tcp == nullptr) return;
  reassembler_.deliver_held(nullptr, flow, *flow.tcp, direction);
  if (direction == Direction::kToClient) {
    reassembler_.deliver_held(nullptr, flow, *flow.tcp, Direction::kToServer);
    reassembler_.finish(nullptr, flow, *flow.tcp, Direction::kToServer);
  } else if (reassembler_.holds_unseen(*flow.tcp, direction)) {
    // Rules look at it now: nobody is left to acknowledge it.
    TcpStream& client = flow.tcp->client;
    client.raw_trigger = true;
    if (seq_gt(client.next_seq, client.last_ack)) client.last_ack = client.next_seq;
    return;
  }
  reassembler_.finish(nullptr, flow, *flow.tcp, direction);
}

void TcpTracker::Impl::release(Flow& flow) {
  if (flow.tcp == nullptr) return;
  reassembler_.release(flow.tcp->client);
  reassembler_.release(flow.tcp->server);
  states_.release_queue(*flow.tcp);
  sessions_.free(flow.tcp);
  flow.tcp = nullptr;
  counters_.active_sessions.sub();
  reassembler_.update_memuse();
}

bool TcpTracker::Impl::starts_new_flow(const Packet& packet, const Flow& flow) const {
  const TcpSegment segment = TcpSegment::parse(packet);
  if (flow.tcp == nullptr) return segment.is_syn();  // what came before made no connection
  if (!segment.is_syn() || segment.is(kTcpRst) || segment.is(kTcpFin)) return false;
  const TcpSession& session = *flow.tcp;
  // The server did not take the data of a fast open: the client begins again, without.
  if (session.state == TcpState::kSynRecv && session.tfo_data_ignored) return true;
  // Not in TIME_WAIT: there a SYN may be an old one (RFC 9293 section 3.6.1).
  if (session.state < TcpState::kLastAck && session.state != TcpState::kNone) return false;
  const bool from_client =
      packet.source == flow.client() && packet.source_port == flow.client_port();
  return segment.seq != (from_client ? session.client.isn : session.server.isn);
}

TcpTracker::TcpTracker(const StreamOptions& options, StreamReceiver& receiver, FlowTable& flows,
                       StreamCounters& counters, unsigned workers)
    : options_(options),
      impl_(std::make_unique<Impl>(options, receiver, flows, counters, workers)) {}
TcpTracker::~TcpTracker() = default;

void TcpTracker::process(Packet& packet) { impl_->process(packet); }
void TcpTracker::finish_flow(Flow& flow, Direction direction) { impl_->finish(flow, direction); }
void TcpTracker::release(Flow& flow) { impl_->release(flow); }
bool TcpTracker::starts_new_flow(const Packet& packet, const Flow& flow) const {
  return impl_->starts_new_flow(packet, flow);
}

void TcpTracker::swap(Packet& packet) {
  packet.flow->swap_direction();
  packet.direction = opposite(packet.direction);
  if (packet.flow->tcp != nullptr) std::swap(packet.flow->tcp->client, packet.flow->tcp->server);
}

RawStreamView TcpTracker::raw(const Flow& flow, Direction direction) const {
  if (flow.tcp == nullptr) return {};
  return impl_->reassembler().raw(*flow.tcp, direction);
}

NewestView TcpTracker::newest(const Flow& flow, Direction direction, std::size_t back) const {
  if (flow.tcp == nullptr) return {};
  return impl_->reassembler().newest(*flow.tcp, direction, back);
}

std::uint64_t TcpTracker::version(const Flow& flow, Direction direction) const {
  if (flow.tcp == nullptr) return 0;
  const TcpStream& stream = flow.tcp->sender(direction);
  if (stream.rewrites == std::numeric_limits<std::uint8_t>::max()) return 0;
  // Which of two directions it is changes when they are found to be the other way round.
  return std::uint64_t{stream.isn} << 32 | stream.rewrites << 2 | (flow.client_is_low ? 2u : 0u) |
         1u;
}

bool TcpTracker::holds_unseen(const Flow& flow, Direction direction) const {
  return flow.tcp != nullptr && impl_->reassembler().holds_unseen(*flow.tcp, direction);
}

bool TcpTracker::holds_raw(const Flow& flow, Direction direction) const {
  if (flow.tcp == nullptr) return false;
  const TcpStream& stream = flow.tcp->sender(direction);
  return stream.buffer != nullptr && !stream.raw_disabled && !stream.no_reassembly &&
         stream.buffer->end() > stream.raw_progress;
}

bool TcpTracker::ends_as_packet(const Flow& flow, Direction direction) const {
  if (flow.tcp == nullptr) return false;
  const TcpSession& session = *flow.tcp;
  if (session.closed_by_rst && session.sender(direction).rst_seen) {
    return direction == Direction::kToServer;
  }
  const Direction other = opposite(direction);
  return holds_unseen(flow, other) || (holds_raw(flow, other) && !session.both_fins_acknowledged());
}

void TcpTracker::set_raw_progress(Flow& flow, Direction direction, std::uint64_t offset) {
  if (flow.tcp == nullptr) return;
  TcpStream& stream = flow.tcp->sender(direction);
  stream.raw_progress = std::max(stream.raw_progress, offset);
  stream.raw_trigger = false;
}

void TcpTracker::trigger_raw(Flow& flow, Direction direction) {
  if (flow.tcp != nullptr) flow.tcp->sender(direction).raw_trigger = true;
}

void TcpTracker::close_raw(Flow& flow) {
  if (flow.tcp != nullptr) flow.tcp->client.raw_closes = flow.tcp->server.raw_closes = true;
}

void TcpTracker::keep_raw(Flow& flow) {
  if (flow.tcp != nullptr) flow.tcp->raw_goes_on = true;
}

void TcpTracker::lift_depth(Flow& flow) {
  if (flow.tcp != nullptr) flow.tcp->no_depth = true;
}

void TcpTracker::keep_for_frames(Flow& flow) {
  if (flow.tcp == nullptr) return;
  for (TcpStream* const stream : {&flow.tcp->client, &flow.tcp->server}) {
    stream->keeps_frames = true;
    stream->frame_progress = 0;
  }
}

void TcpTracker::release_frames(Flow& flow, Direction direction, std::uint64_t offset) {
  constexpr std::uint64_t kMostKept = 65536;
  if (flow.tcp == nullptr) return;
  TcpStream& stream = flow.tcp->sender(direction);
  const std::uint64_t least = stream.app_progress - std::min(stream.app_progress, kMostKept);
  stream.frame_progress = std::max({stream.frame_progress, least, offset});
}

FrameStretch TcpTracker::stretch(const Flow& flow, Direction direction) const {
  return flow.tcp == nullptr ? FrameStretch{} : impl_->reassembler().stretch(*flow.tcp, direction);
}

RawStreamView TcpTracker::held_from(const Flow& flow, Direction direction,
                                    std::uint64_t offset) const {
  if (flow.tcp == nullptr) return {};
  return impl_->reassembler().held_from(flow.tcp->sender(direction), offset);
}

std::size_t TcpTracker::copy_held(const Flow& flow, Direction direction,
                                  std::span<std::byte> out) const {
  return flow.tcp == nullptr ? 0 : impl_->reassembler().copy_held(flow.tcp->sender(direction), out);
}

void TcpTracker::hand_over_at_once(Flow& flow) {
  if (flow.tcp == nullptr || options_.check_overlap_different_data) return;
  flow.tcp->eager = true;
}

void TcpTracker::skip(Flow& flow, Direction direction, std::uint32_t size) {
  if (flow.tcp != nullptr) flow.tcp->sender(direction).app_skip = size;
}

void TcpTracker::disable_app(Flow& flow, Direction direction) {
  if (flow.tcp != nullptr) flow.tcp->sender(direction).app_disabled = true;
}

void TcpTracker::stop_reassembly(Flow& flow, Direction direction) {
  if (flow.tcp != nullptr) flow.tcp->sender(direction).no_reassembly = true;
}

void TcpTracker::deliver_pending(Packet* packet, Flow& flow, Direction direction) {
  if (flow.tcp == nullptr) return;
  flow.tcp->sender(direction).app_offered = flow.tcp->sender(direction).app_progress;
  impl_->reassembler().deliver(packet, flow, *flow.tcp, direction);
}

}  // namespace culvert
