// Memory that is freed whole: a transaction's strings and vectors live in one of these.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace culvert {

/// Hands out memory from blocks that are freed together. The first block is small, as most
/// transactions are. Not for objects with destructors. One thread.
class Arena {
 public:
  explicit Arena(std::size_t first_block_bytes = 512) : next_block_bytes_(first_block_bytes) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// Uninitialised memory, aligned for any scalar; valid until clear() or the end of the arena.
  std::byte* allocate(std::size_t size) {
    size = (size + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1);
    if (size > left_) grow(size);
    std::byte* const memory = free_;
    free_ += size;
    left_ -= size;
    used_ += size;
    return memory;
  }
  Bytes copy(Bytes bytes) {
    if (bytes.empty()) return {};
    std::byte* const memory = allocate(bytes.size());
    std::memcpy(memory, bytes.data(), bytes.size());
    return {memory, bytes.size()};
  }
  std::string_view copy(std::string_view text) { return as_text(copy(as_bytes(text))); }

  std::size_t used_bytes() const { return used_; }
  /// Frees all but the first block; those to come are small again.
  void clear() {
    if (blocks_.empty()) return;
    blocks_.resize(1);
    free_ = blocks_.front().memory.get();
    left_ = blocks_.front().size;
    used_ = 0;
    next_block_bytes_ = std::min(blocks_.front().size * 2, kMostBlockBytes);
  }

 private:
  static constexpr std::size_t kMostBlockBytes = 65536;  ///< unless more is asked for at once

  struct Block {
    std::unique_ptr<std::byte[]> memory;
    std::size_t size;
  };
  void grow(std::size_t at_least) {
    const std::size_t size = at_least > next_block_bytes_ ? at_least : next_block_bytes_;
    blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[size]), size});
    free_ = blocks_.back().memory.get();
    left_ = size;
    next_block_bytes_ = std::min(next_block_bytes_ * 2, kMostBlockBytes);
  }

  std::vector<Block> blocks_;
  std::byte* free_ = nullptr;
  std::size_t left_ = 0;
  std::size_t used_ = 0;
  std::size_t next_block_bytes_;
};

}  // namespace culvert
