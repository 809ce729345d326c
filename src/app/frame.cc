#include "app/frame.h"

#include <algorithm>

namespace culvert {

std::optional<FrameWindow> window_of(const Frame& frame, const FrameReach& reach) {
  if (frame.is_over) return std::nullopt;
  const std::uint64_t from = frame.begin + frame.inspected;
  if (frame.end() <= reach.limit) {
    FrameWindow window{from, frame.end(), true};
    if (reach.is_inline) window.from -= std::min(frame.inspected, kFrameChunk);
    return window;
  }
  const std::uint64_t fresh = reach.limit > from ? reach.limit - from : 0;
  if (reach.is_inline) {
    // Once more at the end: what negated contents wait for is known only then.
    if (fresh == 0 && !(reach.has_ended && frame.is_seen)) return std::nullopt;
    return FrameWindow{from - std::min(frame.inspected, kFrameChunk), std::max(from, reach.limit),
                       reach.has_ended && frame.is_open()};
  }
  if (fresh < kFrameChunk && !(reach.has_ended && fresh != 0)) return std::nullopt;
  return FrameWindow{from, reach.limit, reach.has_ended && frame.is_open()};
}

std::uint32_t FrameList::add(std::uint8_t type, std::uint64_t begin, std::uint64_t length,
                             std::uint64_t transaction) {
  if (frames_.size() >= kMost) {
    ++dropped_;
    return 0;
  }
  Frame frame;
  frame.begin = begin;
  frame.length = length;
  frame.transaction = transaction;
  frame.type = type;
  frame.id = next_id_++;
  frames_.push_back(frame);
  return frame.id;
}

Frame* FrameList::find(std::uint32_t id) {
  const auto found = std::ranges::lower_bound(frames_, id, {}, &Frame::id);
  return found == frames_.end() || found->id != id ? nullptr : &*found;
}

void FrameList::close(std::uint32_t id, std::uint64_t end) {
  Frame* const frame = find(id);
  if (frame != nullptr && frame->is_open() && end >= frame->begin) frame->length = end - frame->begin;
}

void FrameList::set_transaction(std::uint32_t id, std::uint64_t transaction) {
  if (Frame* const frame = find(id)) frame->transaction = transaction;
}

std::uint64_t FrameList::take_dropped() {
  const std::uint64_t dropped = dropped_;
  dropped_ = 0;
  return dropped;
}

void FrameList::settle(const FrameReach& reach) {
  for (Frame& frame : frames_) {
    const auto window = window_of(frame, reach);
    if (window) {
      frame.is_seen = true;
      frame.inspected = window->to - frame.begin;
    }
    frame.is_over = frame.is_over || (window && window->is_last) || reach.has_ended;
  }
  std::erase_if(frames_, [](const Frame& frame) { return frame.is_over; });
}

std::uint64_t FrameList::needs_from(const FrameReach& reach) const {
  std::uint64_t first = boundary_;
  for (const Frame& frame : frames_) {
    const std::uint64_t before = reach.is_inline ? std::min(frame.inspected, kFrameChunk) : 0;
    first = std::min(first, frame.begin + frame.inspected - before);
  }
  return first;
}

void FrameList::clear() {
  frames_.clear();
  next_id_ = 1;
  boundary_ = 0;
}

}  // namespace culvert
