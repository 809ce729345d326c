// Settings of flow tracking: configuration keys `flow`, `flow-timeouts`, `vlan`, `decoder`.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "config/config_node.h"
#include "flow/exception_policy.h"
#include "flow/flow.h"

namespace culvert {

/// For how long a flow may be silent, by FlowState.
struct FlowTimeouts {
  std::chrono::seconds fresh{30}, established{300}, closed{0}, bypassed{100};

  std::chrono::seconds of(FlowState state) const {
    switch (state) {
      case FlowState::kNew:
        return fresh;
      case FlowState::kEstablished:
        return established;
      case FlowState::kClosed:
        return closed;
      case FlowState::kBypassedLocal:
      case FlowState::kBypassedCapture:
        return bypassed;
    }
    return fresh;
  }
};

/// Which timeouts cover a flow.
enum class FlowProtocol : std::uint8_t { kDefault, kTcp, kUdp, kIcmp };
constexpr std::size_t kFlowProtocols = 4;
FlowProtocol flow_protocol_of(std::uint8_t ip_proto);

/// Compiled-in timeouts, by FlowProtocol: those of a configuration that has no `flow-timeouts`.
constexpr std::array<FlowTimeouts, kFlowProtocols> kFlowTimeouts{{
    {std::chrono::seconds(30), std::chrono::seconds(300), std::chrono::seconds(0),
     std::chrono::seconds(100)},
    {std::chrono::seconds(30), std::chrono::seconds(300), std::chrono::seconds(10),
     std::chrono::seconds(100)},
    {std::chrono::seconds(30), std::chrono::seconds(300), std::chrono::seconds(0),
     std::chrono::seconds(100)},
    {std::chrono::seconds(30), std::chrono::seconds(300), std::chrono::seconds(0),
     std::chrono::seconds(100)},
}};
constexpr std::array<FlowTimeouts, kFlowProtocols> kFlowEmergencyTimeouts{{
    {std::chrono::seconds(10), std::chrono::seconds(100), std::chrono::seconds(0),
     std::chrono::seconds(50)},
    {std::chrono::seconds(10), std::chrono::seconds(100), std::chrono::seconds(5),
     std::chrono::seconds(50)},
    {std::chrono::seconds(10), std::chrono::seconds(100), std::chrono::seconds(0),
     std::chrono::seconds(50)},
    {std::chrono::seconds(10), std::chrono::seconds(100), std::chrono::seconds(0),
     std::chrono::seconds(50)},
}};

struct FlowOptions {
  std::uint64_t memcap_bytes = 32u << 20;  ///< of the process; a worker takes its share
  ExceptionPolicy memcap_policy = ExceptionPolicy::kIgnore;
  std::uint32_t hash_size = 65536;  ///< buckets to begin with; there are more when flows are
  std::uint32_t prealloc = 10000;   ///< flows whose memory is taken at start
  std::uint8_t emergency_recovery_percent = 30;  ///< free share at which emergency mode ends
  bool vlan_tracking = true;
  bool recursion_level_tracking = true;
  bool interface_tracking = true;
  std::array<FlowTimeouts, kFlowProtocols> timeouts = kFlowTimeouts;
  std::array<FlowTimeouts, kFlowProtocols> emergency_timeouts = kFlowEmergencyTimeouts;
};

FlowOptions parse_flow_options(const ConfigNode& root, const ExceptionPolicyContext& policies,
                               Complaints& complaints);

}  // namespace culvert
