// Whether a target gets new flows: health checks with thresholds, as a state machine without
// sockets.
//
//     initial --a check passes--> healthy --unhealthy_threshold checks fail--> unhealthy
//        \--unhealthy_threshold checks fail--> unhealthy --healthy_threshold pass--> healthy
#pragma once

#include <cstdint>
#include <string_view>

namespace culvert::emulator {

enum class Health : std::uint8_t { kInitial, kHealthy, kUnhealthy };
std::string_view name_of(Health health);

class TargetHealth {
 public:
  TargetHealth(unsigned healthy_threshold, unsigned unhealthy_threshold)
      : healthy_threshold_(healthy_threshold), unhealthy_threshold_(unhealthy_threshold) {}

  /// The result of one health check (of all its probes); returns the state after it.
  Health on_check(bool passed);
  Health health() const { return health_; }

 private:
  unsigned healthy_threshold_, unhealthy_threshold_;
  unsigned passed_in_a_row_ = 0, failed_in_a_row_ = 0;
  Health health_ = Health::kInitial;
};

}  // namespace culvert::emulator
