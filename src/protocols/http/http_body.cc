#include "protocols/http/http_body.h"

#include <algorithm>

namespace culvert::http1 {

void BodyWindow::forget_before(std::uint64_t offset) {
  offset = std::min(offset, end());
  if (offset <= begin_) return;
  skip_ += static_cast<std::size_t>(offset - begin_);
  begin_ = offset;
  // Moved only when at least half is waste, so that each byte moves once on average.
  if (skip_ * 2 < held_.size()) return;
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(skip_));
  skip_ = 0;
}

void BodyWindow::clear(std::size_t keep_bytes) {
  held_.clear();
  if (held_.capacity() > keep_bytes) held_.shrink_to_fit();
  skip_ = 0;
  begin_ = inspected_ = seen_ = 0;
}

}  // namespace culvert::http1
