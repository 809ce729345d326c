// How runs of rules' scripts have failed, over all workers.
#pragma once

#include <mutex>
#include <vector>

#include "lua/script.h"
#include "metrics/counter.h"

namespace culvert::lua {

class ScriptCounters {
 public:
  void count(ScriptFailure failure);
  /// Views the counters.
  void append(std::vector<NamedCounter>& out) const;

 private:
  std::mutex mutex_;  ///< failures are rare, and not a packet's path
  Counter errors_, blocked_, instructions_, memory_;
};

/// The program's.
ScriptCounters& script_counters();

}  // namespace culvert::lua
