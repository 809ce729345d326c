// The body of one direction of a message, as rules see it: without its transfer coding and content
// coding. Kept is a window onto it, at absolute offsets:
//
//     0 ........ begin() ======== inspected ======== end()          bytes of the decoded body
//     forgotten  | what rules have seen | what is new |
//
// Who writes is the parser. A buffer's getter may say how far rules have seen the body (note_seen());
// this takes effect with the next bytes, so that all buffers of one round see the same window.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace culvert::http1 {

class BodyWindow {
 public:
  /// The decoded bytes from begin() to end(). Valid until the parser is fed again.
  Bytes bytes() const { return Bytes(held_).subspan(skip_); }
  /// From `offset`, or from begin() when that is later.
  Bytes from(std::uint64_t offset) const {
    const Bytes all = bytes();
    if (offset <= begin_) return all;
    return offset >= end() ? Bytes{} : all.subspan(static_cast<std::size_t>(offset - begin_));
  }
  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return begin_ + held_.size() - skip_; }
  bool empty() const { return held_.size() == skip_; }

  /// Rules have seen the body up to here when the current bytes came.
  std::uint64_t inspected() const { return inspected_; }
  /// Rules see it up to `offset` now.
  void note_seen(std::uint64_t offset) const {
    if (offset > seen_) seen_ = offset;
  }

  // For the parser.
  void append(Bytes bytes) { held_.insert(held_.end(), bytes.begin(), bytes.end()); }
  /// Before new bytes come: what was seen counts as inspected.
  void begin_round() { inspected_ = seen_; }
  /// Forgets what is before `offset`.
  void forget_before(std::uint64_t offset);
  /// Empty, at offset 0; memory beyond `keep_bytes` is given back.
  void clear(std::size_t keep_bytes);

 private:
  std::vector<std::byte> held_;
  std::size_t skip_ = 0;  ///< bytes at the front of held_ that are forgotten
  std::uint64_t begin_ = 0;
  std::uint64_t inspected_ = 0;
  mutable std::uint64_t seen_ = 0;
};

}  // namespace culvert::http1
