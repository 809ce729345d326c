// Health, measured on the data path and not declared: a load balancer sends traffic to a target
// that answers 200, so this says 200 when packets are looked at, and only then.
//
//   ready   workers move, their captures are open, rules are in place, and it is not draining
//   live    workers move: if not, only a restart helps
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "engine/engine_status.h"

namespace culvert {

struct HealthLimits {
  /// A worker whose loop has not turned for so long is not ready; an idle one turns too.
  std::chrono::milliseconds ready_stall{2000};
  /// And after so long it will not recover by itself.
  std::chrono::milliseconds live_stall{10000};
};

struct HealthReport {
  std::vector<std::string> not_ready;  ///< reasons; empty: ready
  std::vector<std::string> not_live;
  std::vector<std::string> warnings;  ///< worth a look, but no reason to take traffic away

  bool ready() const { return not_ready.empty(); }
  bool live() const { return not_live.empty(); }
};

/// For how long each worker's loop has stood still, in the order of EngineStatus::workers.
using WorkerStalls = std::vector<std::chrono::milliseconds>;

/// The verdict on what was measured. Pure. REQUIRES: as many stalls as workers.
HealthReport evaluate_health(const EngineStatus& status, const WorkerStalls& stalls,
                             const HealthLimits& limits);

/// Remembers when each worker's count of turns last changed. Any thread; to be asked often enough
/// for the limits, whether or not somebody probes.
class WorkerWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Notes the turns and says how long they have stood still; a new worker has just turned.
  WorkerStalls observe(const EngineStatus& status, Time now);

 private:
  struct Seen {
    std::uint64_t turns;
    Time since;
  };
  std::mutex mutex_;
  std::vector<Seen> seen_;
};

/// The bodies of /health/ready and /health/live:
/// {"status":"ready","reasons":[],"warnings":[],"workers":2,"rules":{"generation":1,...}}
std::string format_ready(const HealthReport& report, const EngineStatus& status);
std::string format_live(const HealthReport& report, const EngineStatus& status);

}  // namespace culvert
