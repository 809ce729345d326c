// What a Gateway Load Balancer can be told, with its defaults. Read from a YAML file:
//
//     %YAML 1.1
//     ---
//     endpoints:
//       - id: vpce-0123456789abcdef0
//         client: {namespace: client, device: gwlbe0}        # TUN devices
//         internet: {namespace: internet, device: gwlbe0}
//     addresses: [10.9.0.1, 10.9.0.2]                        # the load balancer's own
//     targets: [10.9.0.10, 10.9.0.11]
//     stickiness: 5-tuple                                    # 3-tuple, 2-tuple
//     failover: no_rebalance                                 # rebalance, tcp_reset
//     idle-timeout: {tcp: 350s, other: 120s}
//     deregistration-delay: 300s
//     health-check: {protocol: http, port: 8080, path: /health/ready, success: 200-399,
//                    interval: 10s, timeout: 5s, healthy-threshold: 5, unhealthy-threshold: 2}
//     spread: flow                                           # direction, packet
//     udp-checksum: full                                     # none
//     stats: {file: gwlb.json, interval: 1s}
//     control: gwlb.sock
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config_node.h"
#include "emulator/envelope.h"
#include "emulator/flow_key.h"

namespace culvert::emulator {

/// A TUN device, in a network namespace (a name below /run/netns, a path, or empty: this one). It
/// is made when it is not there.
struct DeviceOptions {
  std::string network_namespace;
  std::string device;
};

struct EndpointOptions {
  std::uint64_t id = 0;
  DeviceOptions client, internet;
};

/// What happens to the flows of a target that is unhealthy, or that was deregistered.
enum class Failover {
  kNoRebalance,  ///< they stay, also with a dead target; the default
  kRebalance,    ///< they go to another target, with a new cookie
  kTcpReset,     ///< their next TCP packet is answered with RST, and the flow is forgotten
};

/// What shares one of the load balancer's addresses.
enum class Spread { kFlow, kDirection, kPacket };

struct HealthCheckOptions {
  enum class Protocol { kNone, kTcp, kHttp };
  Protocol protocol = Protocol::kTcp;
  std::uint16_t port = 80;
  std::string path = "/";
  unsigned lowest_success = 200, highest_success = 399;  ///< HTTP status
  std::chrono::milliseconds interval{10'000}, timeout{5'000};
  unsigned healthy_threshold = 5, unhealthy_threshold = 2;
};

struct EmulatorOptions {
  static constexpr std::size_t kMaxEndpoints = 256, kMaxAddresses = 64, kMaxTargets = 300;

  std::vector<EndpointOptions> endpoints;
  std::vector<std::uint32_t> addresses;  ///< host order
  std::vector<std::uint32_t> targets;    ///< host order
  Stickiness stickiness = Stickiness::kFiveTuple;
  Failover failover = Failover::kNoRebalance;
  bool reset_on_idle_timeout = false;
  std::chrono::milliseconds tcp_idle_timeout{350'000}, other_idle_timeout{120'000};
  std::chrono::milliseconds deregistration_delay{300'000};
  HealthCheckOptions health_check;
  Spread spread = Spread::kFlow;
  UdpChecksum udp_checksum = UdpChecksum::kFull;
  std::size_t max_inner_bytes = 8500;
  std::uint32_t max_flows = 1u << 20;
  std::string stats_file;  ///< empty: none
  std::chrono::milliseconds stats_interval{1'000};
  std::string control_socket;  ///< path of a unix socket; empty: none
};

/// Reads the options off a configuration tree; what is wrong goes to `complaints`.
EmulatorOptions parse_emulator_options(const ConfigNode& root, Complaints& complaints);

/// "10.9.0.1" to host order.
Result<std::uint32_t> parse_v4(std::string_view text);
std::string v4_text(std::uint32_t address);

}  // namespace culvert::emulator
