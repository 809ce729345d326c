// Objects of one type out of a block pool: made and freed without the system's allocator.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

#include "base/prefetch.h"
#include "stream/block_pool.h"

namespace culvert {

/// REQUIRES: T needs no destructor. Memory goes back to the block pool with the pool only.
template <class T>
class ObjectPool {
 public:
  explicit ObjectPool(BlockPool& blocks) : blocks_(blocks) {}
  ObjectPool(const ObjectPool&) = delete;
  ObjectPool& operator=(const ObjectPool&) = delete;

  /// Null when the block pool's limit is reached.
  template <class... Args>
  T* make(Args&&... args) {
    recycled_ = free_ != nullptr;
    if (free_ == nullptr && !refill()) return nullptr;
    Node* const node = free_;
    free_ = node->next;
    if (free_ != nullptr) prefetch_bytes(free_, sizeof(T));  // for the next one
    ++live_;
    return new (static_cast<void*>(node)) T(std::forward<Args>(args)...);
  }
  void free(T* object) {
    --live_;
    free_ = new (static_cast<void*>(object)) Node{free_};
  }
  std::size_t live() const { return live_; }
  bool last_was_recycled() const { return recycled_; }

 private:
  struct Node {
    Node* next;
  };
  static constexpr std::size_t kSlabBytes = 16384;
  /// From one object to the next: a free one is a Node, so both must stand aligned.
  static constexpr std::size_t kAlign = alignof(T) > alignof(Node) ? alignof(T) : alignof(Node);
  static constexpr std::size_t kStride = (sizeof(T) + kAlign - 1) / kAlign * kAlign;
  static_assert(kStride >= sizeof(Node) && kAlign <= 64);

  bool refill() {
    const auto slab = blocks_.allocate(kSlabBytes);
    for (std::size_t at = 0; at + kStride <= slab.size(); at += kStride) {
      free_ = new (static_cast<void*>(slab.data() + at)) Node{free_};
    }
    return !slab.empty();
  }

  BlockPool& blocks_;
  Node* free_ = nullptr;
  std::size_t live_ = 0;
  bool recycled_ = false;
};

}  // namespace culvert
