// The targets of the load balancer and which of them a new flow goes to.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "emulator/emulator_options.h"
#include "emulator/sent_packets.h"
#include "emulator/target_health.h"

namespace culvert::emulator {

struct Target {
  enum class Registration : std::uint8_t { kRegistered, kDraining, kUnused };

  std::uint32_t address = 0;  ///< host order
  Registration registration = Registration::kRegistered;
  Health health = Health::kInitial;
  EmulatorTime drained_at{};  ///< when kDraining becomes kUnused
  std::uint64_t flows = 0, sent_packets = 0, returned_packets = 0;
};
std::string_view name_of(Target::Registration registration);

/// Targets by index; an index stays valid.
class TargetGroup {
 public:
  /// Without health checks targets are healthy from the start.
  TargetGroup(const std::vector<std::uint32_t>& addresses, bool has_health_checks);

  std::vector<Target>& targets() { return targets_; }
  const std::vector<Target>& targets() const { return targets_; }
  std::optional<std::size_t> find(std::uint32_t address) const;

  /// For a new flow: of the healthy registered targets the one with the highest hash with the flow
  /// (so that a change moves only the flows it has to); when none is healthy, of all registered
  /// ones: the load balancer fails open. Nothing when none is registered.
  std::optional<std::size_t> choose(std::uint64_t flow_hash) const;
  bool has_healthy() const;

  Result<void> register_target(std::uint32_t address);
  Result<void> deregister_target(std::uint32_t address, EmulatorTime now, EmulatorTime delay);
  /// Ends the draining of those whose time has come.
  void advance(EmulatorTime now);

 private:
  std::vector<Target> targets_;
  bool has_health_checks_;
};

}  // namespace culvert::emulator
