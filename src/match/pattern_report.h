// A matcher's callee, whatever its type: so that the scan itself is compiled once.
#pragma once

#include <memory>

#include "match/multi_pattern_matcher.h"

namespace culvert {

/// Refers to the callee, which is to outlive it.
class PatternReport {
 public:
  template <class OnMatch>
  explicit PatternReport(OnMatch& on_match)
      : callee_(const_cast<void*>(static_cast<const void*>(std::addressof(on_match)))),
        call_([](void* callee, PatternId id) { (*static_cast<OnMatch*>(callee))(id); }) {}

  void operator()(PatternId id) const { call_(callee_, id); }

 private:
  void* callee_;
  void (*call_)(void* callee, PatternId id);
};

}  // namespace culvert
