// Sets of nearly the same patterns made one: buffers of HTTP/1 and HTTP/2 have the same rules but
// for a few. Their union is compiled once and held once; a pattern that only others in it wait for
// has no rules.
#pragma once

#include <deque>
#include <vector>

#include "detect/prefilter.h"

namespace culvert {

class PatternSharing {
 public:
  /// Lets the prefilters of a group, and each that others come close to, use the union of them. The
  /// sets it makes live as long as this.
  void share(std::vector<PendingPrefilter>& pending);

 private:
  std::deque<PatternSet> unions_;
};

}  // namespace culvert
