#include "stream/reassembler.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

#include "packet/rewrite.h"

namespace culvert {
namespace {

/// The urgent bytes taken out of a stream shift what follows, but not what precedes them.
std::int64_t without_urgent(const TcpStream& stream, std::uint32_t seq, std::int64_t offset) {
  if (stream.urgent_oob == 0) return offset;
  const bool before_the_last = seq_le(seq, stream.urgent_seq);
  return offset - stream.urgent_oob + (before_the_last ? 1 : 0);
}

constexpr std::uint16_t kMaxUrgentOob = 0xffff;

/// How far offsets may be from the base of their mapping to sequence numbers.
constexpr std::uint32_t kNear = 1u << 30;

/// Keeps the mapping of sequence numbers to offsets near: the former wrap, the latter do not.
void stay_near(TcpStream& stream, std::uint64_t offset) {
  if (offset <= stream.base_offset + kNear) return;
  const auto step = static_cast<std::uint32_t>(offset - stream.base_offset);
  stream.base_offset += step;
  stream.base_seq += step;
}

/// First byte that anybody still waits for; the largest number when nobody waits.
std::uint64_t wanted_from(const TcpStream& stream) {
  constexpr std::uint64_t kNever = ~std::uint64_t{0};
  if (stream.no_reassembly) return kNever;
  return std::min(stream.app_disabled ? kNever : stream.app_progress,
                  stream.raw_disabled ? kNever : stream.raw_progress);
}

}  // namespace

Reassembler::Reassembler(const StreamOptions& options, StreamReceiver& receiver,
                         StreamCounters& counters, std::uint64_t memory_bytes)
    : options_(options),
      receiver_(receiver),
      counters_(counters),
      blocks_(memory_bytes),
      segments_(blocks_),
      buffers_(blocks_) {}

std::uint32_t Reassembler::base_seq(const TcpStream& stream) {
  // What was handed over at once is still waited for until it is acknowledged: it may come again.
  const std::uint64_t begin = stream.buffer != nullptr
                                  ? stream.buffer->begin()
                                  : std::min(wanted_from(stream), acknowledged(stream));
  return stream.base_seq + static_cast<std::uint32_t>(begin - stream.base_offset);
}

std::uint64_t Reassembler::acknowledged(const TcpStream& stream) {
  if (!stream.fin_seen && stream.urgent_oob == 0) [[likely]] {
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(offset_of(stream, stream.last_ack), 0));
  }
  std::int64_t offset = without_urgent(stream, stream.last_ack, offset_of(stream, stream.last_ack));
  if (stream.fin_seen && seq_gt(stream.last_ack, stream.fin_seq)) --offset;  // the FIN's own number
  return static_cast<std::uint64_t>(std::max<std::int64_t>(offset, 0));
}

std::uint64_t Reassembler::limit_of(const TcpSession& session, Direction direction) const {
  const TcpStream& stream = session.sender(direction);
  const std::uint64_t acked = acknowledged(stream);
  if (!options_.inline_mode && !session.async && !session.eager) return acked;
  const std::uint64_t held =
      stream.buffer == nullptr ? stream.app_progress
                               : std::max(stream.buffer->begin(), stream.app_progress) +
                                     stream.buffer
                                         ->in_order_from(segments_, std::max(stream.buffer->begin(),
                                                                             stream.app_progress))
                                         .size();
  return std::max(held, acked);
}

void Reassembler::reach_depth(Packet& packet, TcpSession& session, TcpStream& stream) {
  if (stream.depth_reached) return;
  stream.depth_reached = true;
  counters_.depth_reached.add();
  add_event(packet, PacketEvent::kStreamReassemblyDepthReached);
  if (options_.bypass) session.bypass = true;
}

bool Reassembler::insert(Packet& packet, TcpSession& session, Direction direction,
                         const TcpSegment& segment) {
  TcpStream& stream = session.sender(direction);
  if (segment.payload.empty() || stream.no_reassembly) return true;
  if (stream.app_disabled && stream.raw_disabled) return true;

  // SYN data (RFC 7413) begins after the SYN's own sequence number.
  const std::uint32_t seq = segment.is(kTcpSyn) ? segment.seq + 1 : segment.seq;
  Bytes bytes = segment.payload;
  std::int64_t offset = without_urgent(stream, seq, offset_of(stream, seq));

  if (segment.is(kTcpUrg) && segment.urgent != 0 && segment.urgent <= bytes.size() &&
      options_.urgent_policy != UrgentPolicy::kInline) {
    UrgentPolicy policy = options_.urgent_policy;
    const std::uint32_t urgent_seq = seq + segment.urgent - 1;
    const bool seen = stream.urgent_oob != 0 && seq_le(urgent_seq, stream.urgent_seq);
    if (policy == UrgentPolicy::kOob && !seen && stream.urgent_oob == kMaxUrgentOob) {
      add_event(packet, PacketEvent::kStreamReassemblyUrgentOobLimitReached);
      policy = options_.urgent_oob_limit_policy;
    }
    const std::size_t at = segment.urgent - 1u;
    switch (policy) {
      case UrgentPolicy::kDrop:
        if (options_.inline_mode) packet.verdict.drop(DropReason::kStreamUrgent);
        return true;
      case UrgentPolicy::kInline:
        break;
      case UrgentPolicy::kOob:
      case UrgentPolicy::kGap: {
        const Bytes front = bytes.first(at), back = bytes.subspan(at + 1);
        bool kept = front.empty() || insert_bytes(packet, stream, offset, front);
        if (policy == UrgentPolicy::kOob && !seen) {
          ++stream.urgent_oob;
          stream.urgent_seq = urgent_seq;
          counters_.urgent_oob.add();
        }
        const std::int64_t back_offset =
            offset + static_cast<std::int64_t>(at) + (policy == UrgentPolicy::kGap ? 1 : 0);
        if (!back.empty()) kept = insert_bytes(packet, stream, back_offset, back) && kept;
        packet.stream_inspected = kept;
        return kept;
      }
    }
  }

  if (depth_of(session) != 0) {
    const auto depth = static_cast<std::int64_t>(depth_of(session));
    if (offset >= depth) {
      reach_depth(packet, session, stream);
      return true;
    }
    if (offset + static_cast<std::int64_t>(bytes.size()) > depth) {
      bytes = bytes.first(static_cast<std::size_t>(depth - offset));
      reach_depth(packet, session, stream);
    }
  }
  const bool kept = pass_on(packet, session, direction, offset, bytes) ||
                    insert_bytes(packet, stream, offset, bytes);
  packet.stream_inspected = kept;
  return kept;
}

/// Inline: what goes on to the target is what was inspected. Where a segment brings other bytes
/// than those that count, it gets these.
void Reassembler::write_over(Packet& packet, const TcpStream& stream, std::int64_t offset,
                             Bytes bytes) const {
  const auto from = std::max(static_cast<std::uint64_t>(std::max<std::int64_t>(offset, 0)),
                             stream.buffer->begin());
  const Bytes believed = stream.buffer->in_order_from(segments_, from);
  const auto skip = static_cast<std::size_t>(static_cast<std::int64_t>(from) - offset);
  const std::size_t size = std::min(believed.size(), bytes.size() - skip);
  overwrite_payload(packet, static_cast<std::size_t>(bytes.data() - packet.payload.data()) + skip,
                    believed.first(size));
}

/// In order, nothing is held, and nobody will ask for these bytes again: they are handed over from
/// the packet, without being kept. False when that cannot be done.
bool Reassembler::pass_on(Packet& packet, TcpSession& session, Direction direction,
                          std::int64_t offset, Bytes bytes) {
  TcpStream* stream = &session.sender(direction);
  if (!session.eager || !stream->raw_disabled || stream->app_disabled || stream->keeps_frames ||
      stream->buffer != nullptr || stream->eof_delivered ||
      offset != static_cast<std::int64_t>(stream->app_progress)) {
    return false;
  }
  while (true) {
    const std::size_t passed = std::min<std::size_t>(bytes.size(), stream->app_skip);
    stream->app_skip -= static_cast<std::uint32_t>(passed);
    stream->app_progress += passed;
    stream->app_offered = std::max(stream->app_offered, stream->app_progress);
    bytes = bytes.subspan(passed);
    if (bytes.empty()) return true;
    const std::size_t taken = receiver_.on_stream_data(&packet, *packet.flow, direction, bytes,
                                                       stream->app_progress, false);
    stream->app_progress += std::min(taken, bytes.size());
    bytes = bytes.subspan(std::min(taken, bytes.size()));
    if (taken == 0) break;
  }
  return stream->app_disabled;
}

bool Reassembler::insert_bytes(Packet& packet, TcpStream& stream, std::int64_t offset,
                               Bytes bytes) {
  const std::int64_t end = offset + static_cast<std::int64_t>(bytes.size());
  if (end <= 0) return true;  // before the stream, as a keep-alive's byte may be
  if (stream.buffer == nullptr) {
    const std::uint64_t from = wanted_from(stream);
    if (end <= static_cast<std::int64_t>(from)) {
      if (static_cast<std::uint64_t>(end) > acknowledged(stream)) {
        counters_.overlap.add();  // of bytes that were handed over at once and not kept
      } else {
        add_event(packet, PacketEvent::kStreamReassemblySegmentBeforeBaseSeq);
      }
      return true;
    }
    stream.buffer = buffers_.make(
        std::min(from, static_cast<std::uint64_t>(std::max<std::int64_t>(offset, 0))));
    if (stream.buffer == nullptr) {
      counters_.segment_memcap_drop.add();
      add_event(packet, PacketEvent::kStreamReassemblyInsertMemcap);
      return false;
    }
  }
  const std::uint32_t segments_before = stream.buffer->segment_count();
  const std::uint64_t in_order_before = stream.buffer->in_order_end();
  const auto outcome = stream.buffer->insert(blocks_, segments_, offset, bytes, stream.os_policy,
                                             stream.app_disabled ? 0 : stream.app_offered);
  if (stream.buffer->segment_count() > segments_before) {
    (segments_.last_was_recycled() ? counters_.segment_from_cache : counters_.segment_from_pool)
        .add();
  }
  if (outcome.overlap) counters_.overlap.add();
  if (outcome.different_overlap &&
      (options_.check_overlap_different_data || options_.inline_mode)) {
    counters_.overlap_different_data.add();
    add_event(packet, PacketEvent::kStreamReassemblyOverlapDifferentData);
  }
  inserted_into_ = &stream;
  inserted_end_ = static_cast<std::uint64_t>(end);
  newest_begin_ = in_order_before;
  is_newest_ = outcome.result == StreamBuffer::Insert::kInserted && !outcome.overlap &&
               offset == static_cast<std::int64_t>(in_order_before) &&
               bytes.size() == packet.payload.size();
  if (outcome.different && stream.rewrites != std::numeric_limits<std::uint8_t>::max()) {
    ++stream.rewrites;
  }
  if (outcome.different && options_.inline_mode) write_over(packet, stream, offset, bytes);
  switch (outcome.result) {
    case StreamBuffer::Insert::kInserted:
      return true;
    case StreamBuffer::Insert::kNothingNew:
      add_event(packet, PacketEvent::kStreamReassemblySegmentBeforeBaseSeq);
      return true;
    case StreamBuffer::Insert::kMemoryFull:
      counters_.segment_memcap_drop.add();
      add_event(packet, PacketEvent::kStreamReassemblyInsertMemcap);
      return false;
    case StreamBuffer::Insert::kTooFar:
      (outcome.overlap ? counters_.insert_overlap_fail : counters_.insert_normal_fail).add();
      add_event(packet, PacketEvent::kStreamReassemblyInsertLimit);
      return false;
  }
  return true;
}

void Reassembler::deliver(Packet* packet, Flow& flow, TcpSession& session, Direction direction) {
  const TcpStream& stream = session.sender(direction);
  if (stream.buffer == nullptr && !stream.fin_seen && acknowledged(stream) <= stream.app_progress) {
    return;  // nothing is held, nothing is missing
  }
  deliver_up_to(packet, flow, session, direction, limit_of(session, direction), true, false);
}

std::uint64_t Reassembler::held_end(const TcpStream& stream) const {
  if (stream.buffer == nullptr) return stream.app_progress;
  const std::uint64_t from = std::max(stream.buffer->begin(), stream.app_progress);
  return from + stream.buffer->in_order_from(segments_, from).size();
}

void Reassembler::deliver_held(Packet* packet, Flow& flow, TcpSession& session,
                               Direction direction) {
  deliver_up_to(packet, flow, session, direction, limit_of(session, direction), true, false);
  const std::uint64_t end = held_end(session.sender(direction));
  deliver_up_to(packet, flow, session, direction, end, false, false);
}

void Reassembler::finish(Packet* packet, Flow& flow, TcpSession& session, Direction direction) {
  deliver_held(packet, flow, session, direction);
  TcpStream& stream = session.sender(direction);
  deliver_up_to(packet, flow, session, direction, held_end(stream), false, true);
  // Also when the receiver wants nothing: rules look at all that is held.
  stream.eof_delivered = true;
}

void Reassembler::deliver_up_to(Packet* packet, Flow& flow, TcpSession& session,
                                Direction direction, std::uint64_t limit, bool is_acknowledged,
                                bool end) {
  if (const std::uint64_t depth = depth_of(session); depth != 0) limit = std::min(limit, depth);
  // Each turn hands over bytes, steps over a gap, or ends.
  for (;;) {
    TcpStream& stream = session.sender(direction);
    if (stream.app_disabled || stream.no_reassembly || stream.eof_delivered) break;
    Bytes bytes;
    if (stream.buffer != nullptr && limit > stream.app_progress) {
      bytes = stream.buffer->in_order_from(segments_, stream.app_progress);
      bytes = bytes.first(std::min<std::size_t>(
          bytes.size(), static_cast<std::size_t>(limit - stream.app_progress)));
    }
    if (stream.app_skip != 0 && !bytes.empty()) {
      const std::size_t passed = std::min<std::size_t>(bytes.size(), stream.app_skip);
      stream.app_progress += passed;
      stream.app_offered = std::max(stream.app_offered, stream.app_progress);
      stream.app_skip -= static_cast<std::uint32_t>(passed);
      continue;
    }
    const std::uint64_t reach = stream.app_progress + bytes.size();
    const bool at_fin = stream.fin_seen && static_cast<std::int64_t>(reach) ==
                                               without_urgent(stream, stream.fin_seq,
                                                              offset_of(stream, stream.fin_seq));
    const bool fin_counts = at_fin && (options_.inline_mode || session.async || end ||
                                       session.both_fins_acknowledged());
    const bool last = end || fin_counts;
    if (reach > stream.app_offered || last) {
      stream.app_offered = reach;
      stream.eof_delivered = last;
      const bool client_was_low = flow.client_is_low;
      const std::size_t taken =
          receiver_.on_stream_data(packet, flow, direction, bytes, stream.app_progress, last);
      // The receiver may find that client and server are the other way round (swap()).
      if (flow.client_is_low != client_was_low) direction = opposite(direction);
      TcpStream& same_stream = session.sender(direction);
      same_stream.app_progress += last ? bytes.size() : std::min(taken, bytes.size());
      if (last) same_stream.raw_trigger = true;
      continue;
    }
    if (reach >= limit || !is_acknowledged || end) break;
    // Acknowledged, and not there: the other end has it, we never will.
    if (stream.depth_reached && depth_of(session) != 0 && reach >= depth_of(session)) break;
    const std::uint64_t next =
        stream.buffer == nullptr
            ? limit
            : std::clamp(stream.buffer->next_present(segments_, reach), reach, limit);
    if (next == reach) break;
    // ACKs are believed a bit too easily: beyond what was sent they need data there to prove them.
    const bool proven = seq_le(stream.last_ack, stream.next_seq) ||
                        (stream.fin_seen && stream.last_ack == stream.fin_seq + 1) ||
                        (stream.buffer != nullptr && stream.buffer->end() > reach);
    if (!proven) break;
    stream.has_gap = true;
    counters_.reassembly_gap.add();
    if (packet != nullptr) add_event(*packet, PacketEvent::kStreamReassemblySeqGap);
    stream.app_progress = stream.app_offered = next;
    const std::uint64_t unwanted = std::min<std::uint64_t>(stream.app_skip, next - reach);
    stream.app_skip -= static_cast<std::uint32_t>(unwanted);
    if (unwanted != next - reach) {
      receiver_.on_stream_gap(packet, flow, direction, next - reach - unwanted, reach + unwanted);
    }
    // What lies behind the gap is in order now, which inline is enough.
    limit = std::max(limit, limit_of(session, direction));
    if (const std::uint64_t depth = depth_of(session); depth != 0) limit = std::min(limit, depth);
  }
}

bool Reassembler::holds_unseen(const TcpSession& session, Direction direction) const {
  const TcpStream& stream = session.sender(direction);
  return stream.buffer != nullptr && !stream.app_disabled && !stream.no_reassembly &&
         stream.buffer->end() > stream.app_progress;
}

void Reassembler::prune(TcpSession& session, Direction direction) {
  TcpStream& stream = session.sender(direction);
  if (stream.buffer == nullptr) {
    // Offsets of what is acknowledged are at most that far: there is nothing to work out yet.
    if (seq_diff(stream.last_ack, stream.base_seq) <= static_cast<std::int32_t>(kNear)) return;
    stay_near(stream, std::min(wanted_from(stream), acknowledged(stream)));
    return;
  }
  if (stream.no_reassembly || (stream.app_disabled && stream.raw_disabled)) {
    release(stream);
    return;
  }
  std::uint64_t keep = session.async || session.eager ? ~std::uint64_t{0} : acknowledged(stream);
  if (!stream.app_disabled && !stream.eof_delivered) keep = std::min(keep, stream.app_progress);
  if (!stream.raw_disabled) {
    std::uint64_t raw = stream.raw_progress;
    if (options_.inline_mode) {  // rules see a chunk of what came before
      const std::uint32_t chunk = options_.chunk_size[index_of(direction)];
      raw = raw > chunk ? raw - chunk : 0;
    }
    keep = std::min(keep, raw);
  }
  if (stream.keeps_frames) keep = std::min(keep, stream.frame_progress);
  keep = std::min(keep, stream.buffer->end());
  stream.buffer->discard(segments_, keep);
  stay_near(stream, keep);
  if (stream.buffer->empty()) release(stream);
}

void Reassembler::release(TcpStream& stream) {
  if (stream.buffer == nullptr) return;
  stream.buffer->clear(blocks_, segments_);
  buffers_.free(stream.buffer);
  stream.buffer = nullptr;
}

RawStreamView Reassembler::raw(const TcpSession& session, Direction direction) const {
  const TcpStream& stream = session.sender(direction);
  if (stream.buffer == nullptr || stream.raw_disabled || stream.no_reassembly) return {};
  const std::uint32_t chunk = options_.chunk_size[index_of(direction)];
  const bool closed = stream.eof_delivered || session.state >= TcpState::kTimeWait;
  std::uint64_t from = std::max(stream.raw_progress, stream.buffer->begin());
  Bytes fresh = stream.buffer->in_order_from(segments_, from);
  if (fresh.empty()) {  // a hole: step over it if what follows is to be looked at
    from = stream.buffer->next_present(segments_, from);
    fresh = stream.buffer->in_order_from(segments_, from);
  }
  if (options_.inline_mode) {
    if (fresh.empty()) {  // the packet in hand may bring again what was inspected with another
      if (inserted_into_ != &stream || inserted_end_ <= stream.buffer->begin()) return {};
      const std::uint64_t begin = std::max(
          stream.buffer->begin(), inserted_end_ > chunk ? inserted_end_ - chunk : std::uint64_t{0});
      const Bytes window = stream.buffer->in_order_from(segments_, begin);
      return {window.first(std::min<std::size_t>(window.size(),
                                                 static_cast<std::size_t>(inserted_end_ - begin))),
              begin};
    }
    const std::uint64_t reach = from + fresh.size();
    std::uint64_t begin = from;
    if (fresh.size() < chunk) {
      const std::uint64_t back = chunk - fresh.size();
      begin = std::max(stream.buffer->begin(), from > back ? from - back : 0);
      const Bytes wider = stream.buffer->in_order_from(segments_, begin);
      if (begin + wider.size() != reach) begin = from;
    }
    return {stream.buffer->in_order_from(segments_, begin), begin};
  }
  // A FIN does not vouch for what nobody has acknowledged: that is looked at when all is over.
  const std::uint64_t limit = stream.eof_delivered ? stream.buffer->end()
                              : session.eager      ? acknowledged(stream)
                                                   : limit_of(session, direction);
  if (limit <= from) return {};
  // What is acknowledged behind a hole says that the hole stays: no more will come before it, and with
  // what came behind it the chunk is full. As in the reference the hole counts.
  const bool is_cut = limit > from + fresh.size() && limit - from >= chunk;
  fresh = fresh.first(std::min<std::size_t>(fresh.size(), static_cast<std::size_t>(limit - from)));
  if (fresh.size() < chunk && !stream.raw_trigger && !closed && !is_cut) return {};
  return {fresh, from};
}

NewestView Reassembler::newest(const TcpSession& session, Direction direction,
                               std::size_t back) const {
  const TcpStream& stream = session.sender(direction);
  if (!is_newest_ || inserted_into_ != &stream || stream.buffer == nullptr) return {};
  const std::uint64_t held = stream.buffer->begin();
  if (held > newest_begin_) return {};
  const std::uint64_t begin =
      std::max(held, newest_begin_ - std::min<std::uint64_t>(newest_begin_, back));
  return {stream.buffer->in_order_from(segments_, begin), begin, newest_begin_};
}

FrameStretch Reassembler::stretch(const TcpSession& session, Direction direction) const {
  const TcpStream& stream = session.sender(direction);
  FrameStretch stretch;
  stretch.is_inline = options_.inline_mode;
  stretch.has_ended = stream.eof_delivered;
  const std::uint64_t end = stream.buffer == nullptr ? stream.app_progress : stream.buffer->end();
  stretch.edge = std::max(end, stream.app_progress);
  stretch.limit =
      stretch.has_ended ? stretch.edge : std::min(limit_of(session, direction), stretch.edge);
  return stretch;
}

RawStreamView Reassembler::held_from(const TcpStream& stream, std::uint64_t offset) const {
  if (stream.buffer == nullptr || offset >= stream.buffer->end()) return {};
  const std::uint64_t from =
      stream.buffer->next_present(segments_, std::max(offset, stream.buffer->begin()));
  return {stream.buffer->in_order_from(segments_, from), from};
}

std::size_t Reassembler::copy_held(const TcpStream& stream, std::span<std::byte> out) const {
  if (stream.buffer == nullptr) return 0;
  std::size_t copied = 0;
  const auto add = [&](Bytes part) {
    const std::size_t size = std::min(part.size(), out.size() - copied);
    std::copy_n(part.begin(), size, out.begin() + static_cast<std::ptrdiff_t>(copied));
    copied += size;
  };
  std::uint64_t at = stream.buffer->begin();
  while (copied < out.size()) {
    const std::uint64_t present = stream.buffer->next_present(segments_, at);
    const Bytes part = stream.buffer->in_order_from(segments_, present);
    if (part.empty()) break;
    if (present != at) {
      char text[48];
      constexpr std::string_view kWords = " bytes missing]";
      text[0] = '[';
      char* end = std::to_chars(text + 1, std::end(text) - kWords.size(), present - at).ptr;
      end = std::copy(kWords.begin(), kWords.end(), end);
      add(as_bytes(std::string_view(text, end)));
    }
    add(part);
    at = present + part.size();
  }
  return copied;
}

}  // namespace culvert
