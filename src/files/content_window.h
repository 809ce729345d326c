// The end of a content that grows: its bytes from begin() to end(), in one piece. What lies before
// has been let go.
//
//     0 ......... begin() ============== end()
//                 view()                       <- append()
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "stream/block_pool.h"

namespace culvert {

/// Memory comes in blocks from a BlockPool, which it must not outlive. Move it or clear() it.
class ContentWindow {
 public:
  explicit ContentWindow(BlockPool& pool) : pool_(&pool) {}
  ~ContentWindow() { clear(); }
  ContentWindow(const ContentWindow&) = delete;
  ContentWindow& operator=(const ContentWindow&) = delete;

  /// False: no memory, or the window would outgrow the largest block; what was kept is then gone
  /// and the window begins again behind `bytes`.
  bool append(Bytes bytes);
  /// `count` bytes that nobody keeps: the window begins again behind them.
  void skip(std::uint64_t count);
  /// Lets go what lies before `position`.
  void trim(std::uint64_t position);
  /// Empty, from 0 on again; memory goes back.
  void clear();

  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return begin_ + size_; }
  Bytes view() const { return Bytes(block_).subspan(start_, size_); }
  /// The part from `position` on.
  Bytes from(std::uint64_t position) const {
    if (position <= begin_) return view();
    return position >= end() ? Bytes{} : view().subspan(static_cast<std::size_t>(position - begin_));
  }

 private:
  bool make_room(std::size_t more);

  BlockPool* pool_;
  std::span<std::byte> block_;
  std::size_t start_ = 0;  ///< of the window in the block
  std::size_t size_ = 0;
  std::uint64_t begin_ = 0;
};

}  // namespace culvert
