// What is held of one direction of a TCP stream: its bytes at their places, and the segments that
// brought them, for as long as an end host might still decide between two versions of a byte.
//
//     offset   begin            in order up to here      end
//                |##############|......|#####|...|########|
//     data      one sliding block: byte at offset o is data[o - begin]
//     segments  sorted list without overlaps: who owns which byte; each knows where the segment
//     that
//               brought it began and ended, as the policies compare those
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "stream/block_pool.h"
#include "stream/stream_options.h"

namespace culvert {

/// The bytes of the stream that one segment owns, or a piece of them. From the worker's
/// SegmentPool.
struct StreamSegment {
  std::uint64_t offset = 0;
  std::uint32_t size = 0;
  std::uint32_t before = 0, after = 0;  ///< bytes of the whole segment on either side of this piece
  std::uint32_t next = 0, previous = 0;  ///< indices in the pool; 0: none

  std::uint64_t end() const { return offset + size; }
  std::int64_t whole_begin() const { return static_cast<std::int64_t>(offset) - before; }
  std::int64_t whole_end() const { return static_cast<std::int64_t>(end()) + after; }
};

/// Segments by index, in blocks of the block pool: they count against the same limit.
class SegmentPool {
 public:
  explicit SegmentPool(BlockPool& blocks) : blocks_(blocks) {}
  SegmentPool(const SegmentPool&) = delete;
  SegmentPool& operator=(const SegmentPool&) = delete;

  /// 0 when memory is full.
  std::uint32_t allocate();
  void free(std::uint32_t index);
  StreamSegment& operator[](std::uint32_t index) const {
    return slabs_[index >> kSlabBits][index & (kSlabSegments - 1)];
  }
  bool last_was_recycled() const { return recycled_; }

 private:
  static constexpr unsigned kSlabBits = 10;
  static constexpr std::uint32_t kSlabSegments = 1u << kSlabBits;
  static constexpr std::size_t kMaxSlabs = 1u << 14;

  BlockPool& blocks_;
  std::unique_ptr<StreamSegment*[]> slabs_ =
      std::make_unique_for_overwrite<StreamSegment*[]>(kMaxSlabs);
  std::size_t slab_count_ = 0;
  std::uint32_t free_ = 0, fresh_ = 1;
  bool recycled_ = false;
};

class StreamBuffer {
 public:
  enum class Insert : std::uint8_t {
    kInserted,
    kNothingNew,  ///< all of it lies before begin()
    kMemoryFull,  ///< the pool's limit
    kTooFar,      ///< too far ahead, or too many holes
  };
  struct Outcome {
    Insert result = Insert::kInserted;
    bool overlap = false;
    bool different = false;  ///< it brings other bytes than were there
    /// The same, but of a segment with other edges: one that was merely sent again is not counted.
    bool different_overlap = false;
  };

  explicit StreamBuffer(std::uint64_t begin) : begin_(begin), in_order_(begin), end_(begin) {}

  /// Puts `bytes` at `offset`, which may be before the stream's begin. Where it overlaps with what
  /// is there, `policy` decides, but bytes before `fixed` stay as they are: they were handed over.
  Outcome insert(BlockPool& blocks, SegmentPool& segments, std::int64_t offset, Bytes bytes,
                 OsPolicy policy, std::uint64_t fixed);
  /// Forgets what lies before `offset`.
  void discard(SegmentPool& segments, std::uint64_t offset);
  void clear(BlockPool& blocks, SegmentPool& segments);

  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return end_; }
  bool empty() const { return first_ == 0; }
  /// All of [begin(), in_order_end()) is there.
  std::uint64_t in_order_end() const { return in_order_; }
  /// The bytes from `offset` on that are there without a hole; empty if that one is not.
  Bytes in_order_from(const SegmentPool& segments, std::uint64_t offset) const;
  /// First byte at or after `offset` that is there; end() if none.
  std::uint64_t next_present(const SegmentPool& segments, std::uint64_t offset) const;
  /// The bytes [from, to), which REQUIRES in_order_from() to have them; for writing a packet over
  /// with what its receiver will believe.
  Bytes bytes(std::uint64_t from, std::uint64_t to) const {
    return Bytes(block_).subspan(head_ + static_cast<std::size_t>(from - begin_),
                                 static_cast<std::size_t>(to - from));
  }
  std::uint32_t segment_count() const { return count_; }
  /// Stretches without a hole.
  unsigned regions(const SegmentPool& segments) const;

 private:
  bool make_room(BlockPool& blocks, std::uint64_t end);
  std::byte* at(std::uint64_t offset) {
    return block_.data() + head_ + static_cast<std::size_t>(offset - begin_);
  }
  bool link_piece(SegmentPool& segments, std::uint32_t after, std::uint64_t from, std::uint64_t to,
                  std::int64_t whole_begin, std::int64_t whole_end, std::uint32_t& linked);
  void unlink(SegmentPool& segments, std::uint32_t index);
  void merge(SegmentPool& segments);
  void extend_in_order(const SegmentPool& segments);

  std::uint64_t begin_;
  std::uint64_t in_order_;  ///< all of [begin_, in_order_) is there
  std::uint64_t end_;
  std::span<std::byte> block_;
  std::size_t head_ = 0;  ///< of begin_ in block_
  std::uint32_t first_ = 0, last_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace culvert
