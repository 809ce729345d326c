// Time on the packet path is the packet's: its capture time, whether live or from a file.
#pragma once

#include <chrono>
#include <cstdint>

namespace culvert {

/// Capture time of a packet, since 1970-01-01 UTC.
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

constexpr Timestamp make_timestamp(std::int64_t seconds, std::int64_t nanoseconds = 0) {
  return Timestamp(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds));
}
constexpr std::int64_t whole_seconds(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Wall clock of the control path, so that tests can pass their own.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace culvert
