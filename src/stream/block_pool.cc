#include "stream/block_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <new>

namespace culvert {

namespace {

constexpr std::size_t kLinkBytes = 2 * sizeof(std::uint32_t);

std::size_t mapped_bytes(std::size_t reserved, std::uint32_t units) {
  return reserved + units * (1 + kLinkBytes);
}

}  // namespace

BlockPool::BlockPool(std::uint64_t limit_bytes)
    : limit_(limit_bytes) {
  // Whole top blocks, and some more, so that rounding and splitting never bind before the limit.
  const std::uint64_t tops = limit_bytes / kMaxBlock + 2;
  reserved_ = static_cast<std::size_t>(std::min<std::uint64_t>(tops * 2, 1u << 16)) * kMaxBlock;
  units_ = static_cast<std::uint32_t>(reserved_ >> kMinOrder);
  // Behind the blocks one byte a unit, then one link a unit: zeroes, real memory only where used.
  void* const memory = mmap(nullptr, mapped_bytes(reserved_, units_), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  free_order_ = static_cast<std::uint8_t*>(memory) + reserved_;
#ifndef CULVERT_FUZZING  // there a pool lives for one input
  madvise(memory, reserved_, MADV_HUGEPAGE);  // a hint: without it, a fault for each 4 KB
#endif
  base_ = static_cast<std::byte*>(memory);
  free_.fill(kNone);
}

BlockPool::~BlockPool() { munmap(base_, mapped_bytes(reserved_, units_)); }

BlockPool::Link& BlockPool::link(std::uint32_t unit) const {
  static_assert(sizeof(Link) == kLinkBytes);
  // Beside the memory, not in it: splitting a block writes nothing to the half that is given back.
  // Else the first small block of a pool would make four huge pages real, 8 MB to be zeroed.
  return reinterpret_cast<Link*>(free_order_ + units_)[unit];
}

void BlockPool::push(unsigned order, std::uint32_t unit) {
  new (&link(unit)) Link{free_[order], kNone};
  if (free_[order] != kNone) link(free_[order]).previous = unit;
  free_[order] = unit;
  free_order_[unit] = static_cast<std::uint8_t>(order);
}

void BlockPool::remove(unsigned order, std::uint32_t unit) {
  const Link at = link(unit);
  if (at.next != kNone) link(at.next).previous = at.previous;
  if (at.previous != kNone) {
    link(at.previous).next = at.next;
  } else {
    free_[order] = at.next;
  }
  free_order_[unit] = 0;
}

std::span<std::byte> BlockPool::allocate(std::size_t size) {
  if (size > kMaxBlock) return {};
  const auto order = std::max(
      kMinOrder, static_cast<unsigned>(std::bit_width(std::max(size, std::size_t{1}) - 1)));
  const std::size_t bytes = std::size_t{1} << order;
  if (used_ + bytes > limit_) return {};
  if (order <= kMaxKeptOrder && kept_[order].count != 0) {
    Kept& kept = kept_[order];
    const std::uint32_t unit = kept.first;
    kept.first = link(unit).next;
    --kept.count;
    used_ += bytes;
    return {base_ + (std::size_t{unit} << kMinOrder), bytes};
  }
  unsigned from = order;
  while (from <= kMaxOrder && free_[from] == kNone) ++from;
  std::uint32_t unit = 0;
  if (from <= kMaxOrder) {
    unit = free_[from];
    remove(from, unit);
  } else {
    constexpr std::uint32_t kTopUnits = 1u << (kMaxOrder - kMinOrder);
    if (untouched_ + kTopUnits > units_) {
      if (!join_kept()) return {};
      return allocate(size);
    }
    unit = untouched_;
    untouched_ += kTopUnits;
    from = kMaxOrder;
  }
  while (from > order) {  // keep the lower half, give the upper one back
    --from;
    push(from, unit + (1u << (from - kMinOrder)));
  }
  used_ += bytes;
  return {base_ + (std::size_t{unit} << kMinOrder), bytes};
}

void BlockPool::free(std::span<std::byte> block) {
  if (block.empty()) return;
  used_ -= block.size();
  auto order = static_cast<unsigned>(std::bit_width(block.size()) - 1);
  auto unit =
      static_cast<std::uint32_t>(static_cast<std::size_t>(block.data() - base_) >> kMinOrder);
  if (order <= kMaxKeptOrder && kept_[order].count < kMostKept) {
    Kept& kept = kept_[order];
    new (&link(unit)) Link{kept.first, kNone};
    kept.first = unit;
    ++kept.count;
    return;
  }
  join(order, unit);
}

/// A free block becomes one with its other half, if that is free, and so on up.
void BlockPool::join(unsigned order, std::uint32_t unit) {
  while (order < kMaxOrder) {
    const std::uint32_t buddy = unit ^ (1u << (order - kMinOrder));
    if (free_order_[buddy] != order) break;
    remove(order, buddy);
    unit = std::min(unit, buddy);
    ++order;
  }
  push(order, unit);
}

/// False when there was none.
bool BlockPool::join_kept() {
  bool any = false;
  for (unsigned order = kMinOrder; order <= kMaxKeptOrder; ++order) {
    Kept& kept = kept_[order];
    for (; kept.count != 0; --kept.count) {
      const std::uint32_t unit = kept.first;
      kept.first = link(unit).next;
      join(order, unit);
      any = true;
    }
  }
  return any;
}

}  // namespace culvert
