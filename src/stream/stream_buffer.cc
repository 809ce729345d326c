#include "stream/stream_buffer.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "stream/overlap_policy.h"

namespace culvert {
namespace {

/// From this many pieces on, neighbours become one: the policies then see one long segment.
constexpr std::uint32_t kMergeAbove = 512;
/// More holes than this, and a stream's segments are refused.
constexpr std::uint32_t kMaxSegments = 1024;

}  // namespace

std::uint32_t SegmentPool::allocate() {
  recycled_ = free_ != 0;
  if (free_ != 0) {
    const std::uint32_t index = free_;
    free_ = (*this)[index].next;
    return index;
  }
  if (fresh_ >> kSlabBits >= slab_count_) {
    if (slab_count_ == kMaxSlabs) return 0;
    const std::span<std::byte> block = blocks_.allocate(kSlabSegments * sizeof(StreamSegment));
    if (block.empty()) return 0;
    slabs_[slab_count_++] = reinterpret_cast<StreamSegment*>(block.data());
  }
  return fresh_++;
}

void SegmentPool::free(std::uint32_t index) {
  (*this)[index].next = free_;
  free_ = index;
}

bool StreamBuffer::make_room(BlockPool& blocks, std::uint64_t end) {
  const auto wanted = static_cast<std::size_t>(end - begin_);
  if (head_ + wanted <= block_.size()) return true;
  const auto held = static_cast<std::size_t>(end_ - begin_);
  // Sliding back is worth it when the free front is at least as large as what has to move.
  if (wanted <= block_.size() && head_ >= held) {
    std::memmove(block_.data(), block_.data() + head_, held);
    head_ = 0;
    return true;
  }
  std::size_t size = std::max(wanted, held + held / 2);
  std::span<std::byte> larger = blocks.allocate(size);
  if (larger.empty()) larger = blocks.allocate(wanted);
  if (larger.empty()) {
    if (wanted > block_.size()) return false;
    std::memmove(block_.data(), block_.data() + head_, held);
    head_ = 0;
    return true;
  }
  if (held != 0) std::memcpy(larger.data(), block_.data() + head_, held);
  blocks.free(block_);
  block_ = larger;
  head_ = 0;
  return true;
}

/// Puts a piece of the new segment behind `after` (0: in front of all); `linked` is its index. A
/// piece that goes on where the one before it, of the same segment, ends becomes part of that.
bool StreamBuffer::link_piece(SegmentPool& segments, std::uint32_t after, std::uint64_t from,
                              std::uint64_t to, std::int64_t whole_begin, std::int64_t whole_end,
                              std::uint32_t& linked) {
  if (after != 0) {
    StreamSegment& left = segments[after];
    if (left.end() == from && left.whole_begin() == whole_begin && left.whole_end() == whole_end) {
      left.size += static_cast<std::uint32_t>(to - from);
      left.after -= static_cast<std::uint32_t>(to - from);
      linked = after;
      return true;
    }
  }
  const std::uint32_t index = segments.allocate();
  if (index == 0) return false;
  StreamSegment& piece = *new (&segments[index]) StreamSegment;
  piece.offset = from;
  piece.size = static_cast<std::uint32_t>(to - from);
  piece.before = static_cast<std::uint32_t>(static_cast<std::int64_t>(from) - whole_begin);
  piece.after = static_cast<std::uint32_t>(whole_end - static_cast<std::int64_t>(to));
  piece.previous = after;
  piece.next = after == 0 ? first_ : segments[after].next;
  (piece.next == 0 ? last_ : segments[piece.next].previous) = index;
  (after == 0 ? first_ : segments[after].next) = index;
  ++count_;
  linked = index;
  return true;
}

void StreamBuffer::unlink(SegmentPool& segments, std::uint32_t index) {
  const StreamSegment& piece = segments[index];
  (piece.previous == 0 ? first_ : segments[piece.previous].next) = piece.next;
  (piece.next == 0 ? last_ : segments[piece.next].previous) = piece.previous;
  segments.free(index);
  --count_;
}

StreamBuffer::Outcome StreamBuffer::insert(BlockPool& blocks, SegmentPool& segments,
                                           std::int64_t offset, Bytes bytes, OsPolicy policy,
                                           std::uint64_t fixed) {
  Outcome outcome;
  const std::int64_t whole_begin = offset;
  const std::int64_t whole_end = offset + static_cast<std::int64_t>(bytes.size());
  if (whole_end <= static_cast<std::int64_t>(begin_)) return {Insert::kNothingNew};
  const auto end = static_cast<std::uint64_t>(whole_end);
  if (end - begin_ > BlockPool::kMaxBlock) return {Insert::kTooFar};
  if (count_ >= kMergeAbove) merge(segments);
  if (count_ >= kMaxSegments) return {Insert::kTooFar};
  if (!make_room(blocks, end)) return {Insert::kMemoryFull};

  std::uint64_t cursor = std::max(static_cast<std::uint64_t>(std::max<std::int64_t>(offset, 0)), begin_);
  const auto fresh = [&](std::uint64_t from, std::uint64_t to) {
    return bytes.subspan(static_cast<std::size_t>(static_cast<std::int64_t>(from) - offset),
                         static_cast<std::size_t>(to - from));
  };
  const auto copy = [&](std::uint64_t from, std::uint64_t to) {
    const Bytes part = fresh(from, to);
    std::memcpy(at(from), part.data(), part.size());
  };

  // The last piece that ends at or before the new segment's begin.
  std::uint32_t left = last_;
  while (left != 0 && segments[left].end() > cursor) left = segments[left].previous;

  while (cursor < end) {
    const std::uint32_t right = left == 0 ? first_ : segments[left].next;
    const std::uint64_t hole_end = right == 0 ? end : std::min(end, segments[right].offset);
    if (hole_end > cursor) {
      if (!link_piece(segments, left, cursor, hole_end, whole_begin, whole_end, left)) {
        outcome.result = Insert::kMemoryFull;
        break;
      }
      end_ = std::max(end_, hole_end);
      copy(cursor, hole_end);
      cursor = hole_end;
      continue;
    }
    // [cursor, both) belongs to an old segment, and the new one has it too.
    StreamSegment old = segments[right];
    const std::uint64_t both = std::min(end, old.end());
    outcome.overlap = true;
    const bool same_place = whole_begin == old.whole_begin() && whole_end == old.whole_end();
    if (std::memcmp(at(cursor), fresh(cursor, both).data(),
                    static_cast<std::size_t>(both - cursor)) != 0) {
      outcome.different = true;
      outcome.different_overlap = outcome.different_overlap || !same_place;
    }
    const bool wins = both > fixed && new_segment_wins(policy, whole_begin - old.whole_begin(),
                                                       whole_end - old.whole_end());
    if (wins) {
      const std::uint64_t won = std::max(cursor, fixed);
      const std::int64_t old_begin = old.whole_begin(), old_end = old.whole_end();
      if (won > old.offset) {  // its front stays
        StreamSegment& front = segments[right];
        front.size = static_cast<std::uint32_t>(won - old.offset);
        front.after = static_cast<std::uint32_t>(old_end - static_cast<std::int64_t>(won));
        left = right;
      } else {
        unlink(segments, right);
      }
      std::uint32_t mine = 0;
      if (!link_piece(segments, left, won, both, whole_begin, whole_end, mine)) {
        outcome.result = Insert::kMemoryFull;
        break;
      }
      left = mine;
      if (both < old.end()) {  // and so does its tail
        std::uint32_t tail = 0;
        if (!link_piece(segments, left, both, old.end(), old_begin, old_end, tail)) {
          outcome.result = Insert::kMemoryFull;
          break;
        }
      }
      copy(won, both);
    } else {
      left = right;
    }
    cursor = both;
  }
  extend_in_order(segments);
  return outcome;
}

void StreamBuffer::extend_in_order(const SegmentPool& segments) {
  // From the tail when all is in order, which is the usual case.
  if (last_ != 0 && segments[last_].offset <= in_order_) {
    in_order_ = std::max(in_order_, segments[last_].end());
    return;
  }
  for (std::uint32_t i = first_; i != 0 && segments[i].offset <= in_order_; i = segments[i].next) {
    in_order_ = std::max(in_order_, segments[i].end());
  }
}

void StreamBuffer::discard(SegmentPool& segments, std::uint64_t offset) {
  if (offset <= begin_) return;
  while (first_ != 0 && segments[first_].offset < offset) {
    StreamSegment& piece = segments[first_];
    if (piece.end() <= offset) {
      unlink(segments, first_);
      continue;
    }
    const auto cut = static_cast<std::uint32_t>(offset - piece.offset);
    piece.offset += cut;
    piece.size -= cut;
    piece.before += cut;
    break;
  }
  if (offset >= end_) {
    head_ = 0;
    end_ = offset;
  } else {
    head_ += static_cast<std::size_t>(offset - begin_);
  }
  begin_ = offset;
  in_order_ = std::max(in_order_, offset);
  extend_in_order(segments);
}

void StreamBuffer::clear(BlockPool& blocks, SegmentPool& segments) {
  while (first_ != 0) unlink(segments, first_);
  blocks.free(block_);
  block_ = {};
  head_ = 0;
  begin_ = in_order_ = end_;
}

Bytes StreamBuffer::in_order_from(const SegmentPool& segments, std::uint64_t offset) const {
  if (offset < begin_ || offset >= end_) return {};
  if (offset < in_order_) return bytes(offset, in_order_);
  std::uint64_t reach = offset;
  for (std::uint32_t i = first_; i != 0; i = segments[i].next) {
    if (segments[i].offset > reach) break;
    reach = std::max(reach, segments[i].end());
  }
  return bytes(offset, reach);
}

std::uint64_t StreamBuffer::next_present(const SegmentPool& segments, std::uint64_t offset) const {
  for (std::uint32_t i = first_; i != 0; i = segments[i].next) {
    if (segments[i].end() > offset) return std::max(offset, segments[i].offset);
  }
  return std::max(end_, offset);
}

unsigned StreamBuffer::regions(const SegmentPool& segments) const {
  unsigned count = 0;
  std::uint64_t reach = 0;
  for (std::uint32_t i = first_; i != 0; i = segments[i].next) {
    if (count == 0 || segments[i].offset > reach) ++count;
    reach = segments[i].end();
  }
  return count;
}

void StreamBuffer::merge(SegmentPool& segments) {
  for (std::uint32_t i = first_; i != 0;) {
    const std::uint32_t next = segments[i].next;
    if (next == 0) break;
    StreamSegment& left = segments[i];
    const StreamSegment& right = segments[next];
    if (left.end() != right.offset) {
      i = next;
      continue;
    }
    left.size += right.size;
    left.after = right.after;
    unlink(segments, next);
  }
}

}  // namespace culvert
