// A generator of load: UDP flows in GENEVE, as a Gateway Load Balancer sends them, at full speed or
// at a rate, counting what comes back. For benchmarks; it does not need devices or routes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace culvert::emulator {

struct BlastOptions {
  std::vector<std::uint32_t> addresses;  ///< the load balancer's own, host order
  std::uint32_t target = 0;
  std::uint64_t endpoint = 0x0123456789abcdef0;
  std::size_t flows = 64;                ///< 1..65536, over the addresses
  std::size_t inner_bytes = 64;          ///< 40..8500: the inner IP packet
  std::uint64_t packets_per_second = 0;  ///< 0: as fast as they come back
  std::size_t window = 512;              ///< at full speed, how many may be out at once
  std::chrono::milliseconds duration{2'000};
  Result<void> validate() const;
};

struct BlastReport {
  std::uint64_t sent = 0, returned = 0;
  std::uint64_t returned_in_time = 0;  ///< while it was being sent
  std::uint64_t wrong = 0;             ///< came back with other ports, GENEVE header or length
  std::chrono::nanoseconds elapsed{0};
  /// How many came back after so many microseconds; the last: or later. Of a flow's packets that
  /// are out together only the last is timed right: send at a rate to see what an appliance adds.
  std::vector<std::uint32_t> round_trips = std::vector<std::uint32_t>(10'001);

  double returned_per_second() const;
  /// The round trip that `share` (0 to 1) of the packets did not exceed, in microseconds.
  std::size_t round_trip_us(double share) const;
  /// One JSON object.
  std::string json() const;
};

/// Sends for the duration, then waits a little for the rest.
Result<BlastReport> run_blast(const BlastOptions& options);

}  // namespace culvert::emulator
