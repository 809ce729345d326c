// Health checks of the targets, as GWLB makes them: several probes per interval, from several of
// the load balancer's addresses; the majority counts.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "emulator/emulator_options.h"
#include "emulator/target_health.h"

namespace culvert::emulator {

/// One thread a target. The destructor stops them, within a fraction of a second.
class HealthChecks {
 public:
  static constexpr std::size_t kProbes = 3;  ///< per check, at most

  HealthChecks(const HealthCheckOptions& options, std::span<const std::uint32_t> sources);
  ~HealthChecks();
  HealthChecks(const HealthChecks&) = delete;
  HealthChecks& operator=(const HealthChecks&) = delete;

  /// Begins to check a target (host order), from the initial state.
  void watch(std::uint32_t target);
  /// What has changed since the last call: targets and their new states.
  std::vector<std::pair<std::uint32_t, Health>> take_changes();

 private:
  void run(std::stop_token stop, std::uint32_t target);

  const HealthCheckOptions options_;
  const std::vector<std::uint32_t> sources_;
  std::mutex mutex_;
  std::vector<std::pair<std::uint32_t, Health>> changes_;  ///< guarded by mutex_
  std::vector<std::pair<std::uint32_t, std::unique_ptr<std::jthread>>> threads_;
};

/// One probe: a TCP connection from `source` to the target, and for HTTP a request whose answer has
/// a status of success. `stop` ends it early, as failed.
bool probe_target(const HealthCheckOptions& options, std::uint32_t source, std::uint32_t target,
                  const std::stop_token& stop);

/// Status of an HTTP answer's first line, or 0.
unsigned http_status(std::string_view answer);

}  // namespace culvert::emulator
