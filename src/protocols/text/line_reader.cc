#include "protocols/text/line_reader.h"

#include <algorithm>
#include <cstring>

namespace culvert {

std::optional<Line> LineReader::next(Bytes& rest) {
  if (held_is_used_) {
    held_.clear();
    held_is_used_ = false;
  }
  if (rest.empty()) return std::nullopt;
  const std::size_t room = most_bytes_ - held_.size();
  const Bytes window = rest.first(std::min(rest.size(), room));
  const void* const found = std::memchr(window.data(), '\n', window.size());
  std::size_t size = window.size();
  const bool ends = found != nullptr;
  if (ends) {
    size = static_cast<std::size_t>(static_cast<const std::byte*>(found) - window.data()) + 1;
  } else if (window.size() < room) {
    held_.insert(held_.end(), window.begin(), window.end());
    rest = {};
    return std::nullopt;
  } else if (window.back() == std::byte{'\r'} && held_.size() + size > 1) {
    --size;  // its LF may follow: they stay together
  }
  Bytes bytes = window.first(size);
  if (!held_.empty()) {
    held_.insert(held_.end(), bytes.begin(), bytes.end());
    bytes = held_;
    held_is_used_ = true;
  }
  rest = rest.subspan(size);
  const Line line{.bytes = bytes, .begins = !inside_, .ends = ends};
  inside_ = !ends;
  return line;
}

std::optional<Line> LineReader::flush() {
  if (held_is_used_ || held_.empty()) {
    reset();
    return std::nullopt;
  }
  const Line line{.bytes = held_, .begins = !inside_, .ends = true};
  held_is_used_ = true;
  inside_ = false;
  return line;
}

void LineReader::reset() {
  held_.clear();
  held_is_used_ = false;
  inside_ = false;
}

}  // namespace culvert
