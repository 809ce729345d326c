// Memory for stream data: power-of-two blocks out of one reserved stretch of addresses, so that a
// packet never waits for the system's allocator and the memory limit is exact. A buddy allocator
// (Knowlton 1965): a block is split in halves on demand; halves that are both free become one again.
// Some free blocks of each size are kept as they are, for the next one who asks: streams come and go
// all the time, and splitting and joining each time costs more than the copy of a segment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace culvert {

class BlockPool {
 public:
  static constexpr unsigned kMinOrder = 9;   ///< 512 bytes
  static constexpr unsigned kMaxOrder = 24;  ///< 16 MiB
  static constexpr std::size_t kMaxBlock = std::size_t{1} << kMaxOrder;

  /// Hands out at most `limit_bytes`, which are reserved as addresses and become memory when used.
  explicit BlockPool(std::uint64_t limit_bytes);
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  /// A block of `size` bytes rounded up to a power of two; empty if there is none left.
  std::span<std::byte> allocate(std::size_t size);
  void free(std::span<std::byte> block);
  std::uint64_t used_bytes() const { return used_; }
  std::uint64_t limit_bytes() const { return limit_; }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Link {  ///< at the front of a free block
    std::uint32_t next, previous;
  };
  Link& link(std::uint32_t unit) const;
  void push(unsigned order, std::uint32_t unit);
  void remove(unsigned order, std::uint32_t unit);
  void join(unsigned order, std::uint32_t unit);
  bool join_kept();

  std::byte* base_ = nullptr;
  std::size_t reserved_ = 0;
  std::uint64_t limit_ = 0;
  std::uint64_t used_ = 0;
  std::uint32_t units_ = 0;    ///< of 512 bytes, in the reserved stretch
  std::uint32_t untouched_ = 0;  ///< units from here on were never handed out
  std::array<std::uint32_t, kMaxOrder + 1> free_{};
  /// Free blocks that are not joined with their neighbours.
  struct Kept {
    std::uint32_t first = kNone;
    std::uint32_t count = 0;
  };
  static constexpr std::uint32_t kMostKept = 64;
  static constexpr unsigned kMaxKeptOrder = 16;  ///< larger ones are rare: 4 MiB are kept at most
  std::array<Kept, kMaxKeptOrder + 1> kept_{};
  std::uint8_t* free_order_ = nullptr;  ///< of a free block's first unit, else 0
};

}  // namespace culvert
