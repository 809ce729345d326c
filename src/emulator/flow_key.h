// What makes packets one flow for a load balancer: the same for both directions.
#pragma once

#include <cstdint>

#include "emulator/inner_packet.h"
#include "net/address.h"

namespace culvert::emulator {

/// Which fields a flow is made of; GWLB's target group attribute stickiness.type.
enum class Stickiness {
  kFiveTuple,   ///< addresses, protocol, ports; of neither TCP nor UDP the 3-tuple. The default.
  kThreeTuple,  ///< source_ip_dest_ip_proto
  kTwoTuple,    ///< source_ip_dest_ip
};

/// Endpoint and tuple, the lesser address (and port) first. Later fragments have no ports, so that
/// they are a flow of their own under the 5-tuple, and may meet another target, as with GWLB.
struct FlowKey {
  std::uint64_t endpoint = 0;
  IpAddress low, high;
  std::uint16_t low_port = 0, high_port = 0;
  std::uint8_t protocol = 0;

  static FlowKey make(std::uint64_t endpoint, const InnerPacket& packet, Stickiness stickiness);
  std::uint64_t hash(std::uint64_t seed) const;
  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};

}  // namespace culvert::emulator
