#include "files/content_window.h"

#include <algorithm>
#include <cstring>

namespace culvert {

bool ContentWindow::append(Bytes bytes) {
  if (bytes.empty()) return true;
  if (start_ + size_ + bytes.size() > block_.size() && !make_room(bytes.size())) {
    skip(bytes.size());
    return false;
  }
  std::memcpy(block_.data() + start_ + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
  return true;
}

bool ContentWindow::make_room(std::size_t more) {
  const std::size_t wanted = size_ + more;
  // Moving to the front is worth it when it frees half of the block: each byte is moved once then.
  if (wanted <= block_.size() && size_ <= block_.size() / 2) {
    std::memmove(block_.data(), block_.data() + start_, size_);
    start_ = 0;
    return true;
  }
  if (wanted > BlockPool::kMaxBlock) return false;
  const std::span<std::byte> bigger =
      pool_->allocate(std::min(std::max(wanted, block_.size() * 2), BlockPool::kMaxBlock));
  if (bigger.empty()) return false;
  if (size_ != 0) std::memcpy(bigger.data(), block_.data() + start_, size_);
  if (!block_.empty()) pool_->free(block_);
  block_ = bigger;
  start_ = 0;
  return true;
}

void ContentWindow::skip(std::uint64_t count) {
  begin_ = end() + count;
  size_ = start_ = 0;
  if (!block_.empty()) pool_->free(block_);
  block_ = {};
}

void ContentWindow::trim(std::uint64_t position) {
  if (position <= begin_) return;
  const std::uint64_t count = std::min<std::uint64_t>(position - begin_, size_);
  start_ += static_cast<std::size_t>(count);
  size_ -= static_cast<std::size_t>(count);
  begin_ += count;
  if (size_ == 0 && !block_.empty()) {
    pool_->free(block_);
    block_ = {};
    start_ = 0;
  }
}

void ContentWindow::clear() {
  if (!block_.empty()) pool_->free(block_);
  block_ = {};
  start_ = size_ = 0;
  begin_ = 0;
}

}  // namespace culvert
