// The front of a message of a stream, of which the rest is still to come.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/bytes.h"

namespace culvert {

/// Only a message that comes in pieces is copied; how large it may be its parser says.
class HeldFront {
 public:
  bool empty() const { return held_.empty(); }
  std::size_t size() const { return held_.size(); }
  Bytes bytes() const { return held_; }
  void clear() { held_.clear(); }

  /// Takes bytes off the front of `rest` until `wanted` are held. False: there were too few.
  [[nodiscard]] bool fill(Bytes& rest, std::size_t wanted) {
    const std::size_t missing = wanted - std::min(wanted, held_.size());
    const Bytes taken = rest.first(std::min(missing, rest.size()));
    held_.insert(held_.end(), taken.begin(), taken.end());
    rest = rest.subspan(taken.size());
    return taken.size() == missing;
  }

 private:
  std::vector<std::byte> held_;
};

}  // namespace culvert
