// What the emulator counts: traffic, what it did not forward and why, and what an appliance did
// wrong. One list of names for the statistics, the demo and the tests.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace culvert::emulator {

/// Why the load balancer itself did not forward a packet.
enum class NotForwarded : std::uint8_t {
  kMalformed,    ///< not a whole IP packet
  kNotRoutable,  ///< multicast and link-local do not pass a VPC's route tables
  kTooLarge,     ///< over 8500 bytes; no ICMP tells the sender
  kNoTarget,     ///< none is registered
  kTargetGone,   ///< its target was deregistered, and the delay is over
  kNoFlow,       ///< TCP without SYN, of a flow that has idled out or was never there
  kTooManyFlows,
  kResetSent,   ///< answered with RST instead
  kSendFailed,  ///< the system did not take it
  kDeviceFull,  ///< the device did not take what came back
  kCount,
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(NotForwarded::kCount)>
    kNotForwardedNames{"malformed", "not_routable",   "too_large",  "no_target",   "target_gone",
                       "no_flow",   "too_many_flows", "reset_sent", "send_failed", "device_full"};

/// What is wrong with a packet that an appliance returned. Such a packet is not delivered.
enum class Violation : std::uint8_t {
  kOuterHeader,      ///< IPv4 or UDP lengths or checksums do not hold
  kOuterFragment,    ///< the load balancer does not reassemble
  kNotFromTarget,    ///< from an address that is no target
  kPortsSwapped,     ///< source 6081 and destination the entropy: both ports are to be kept
  kDestinationPort,  ///< not 6081
  kSourcePort,       ///< not the entropy value of the flow
  kGwlbAddress,      ///< to another address of the load balancer than the one that sent it
  kGeneveMalformed,
  kUnknownEndpoint,
  kGeneveHeader,  ///< not byte for byte what was sent
  kStaleCookie,   ///< the header of an earlier packet of the flow, of before the cookie changed
  kInnerMalformed,
  kInnerTooLarge,  ///< over 8500 bytes
  kUnknownFlow,    ///< nothing was ever sent for it: an appliance can not open flows
  kInnerModified,  ///< of a known flow, but not what was sent, nor what an appliance may make
  kDuplicate,      ///< returned before
  kMadeChecksum,   ///< a RST or ICMP error of the appliance's own, with a wrong checksum
  kCount,
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(Violation::kCount)>
    kViolationNames{"outer_header",     "outer_fragment", "not_from_target", "ports_swapped",
                    "destination_port", "source_port",    "gwlb_address",    "geneve_malformed",
                    "unknown_endpoint", "geneve_header",  "stale_cookie",    "inner_malformed",
                    "inner_too_large",  "unknown_flow",   "inner_modified",  "duplicate",
                    "made_checksum"};

struct EmulatorCounters {
  std::uint64_t received_packets = 0, received_bytes = 0;  ///< from the endpoints' devices
  std::uint64_t sent_packets = 0, sent_bytes = 0;          ///< to targets, without encapsulation
  std::uint64_t returned_packets = 0, returned_bytes = 0;  ///< as they were sent
  std::uint64_t made_resets = 0, made_icmp_errors = 0;     ///< legally made by an appliance
  std::uint64_t new_flows = 0, rebalanced_flows = 0, cookie_changes = 0;
  std::uint64_t icmp_from_targets = 0;  ///< outer ICMP, such as "port unreachable"
  std::array<std::uint64_t, static_cast<std::size_t>(NotForwarded::kCount)> not_forwarded{};
  std::array<std::uint64_t, static_cast<std::size_t>(Violation::kCount)> violations{};

  void count(NotForwarded reason) { ++not_forwarded[static_cast<std::size_t>(reason)]; }
  void count(Violation violation) { ++violations[static_cast<std::size_t>(violation)]; }
  std::uint64_t of(NotForwarded reason) const {
    return not_forwarded[static_cast<std::size_t>(reason)];
  }
  std::uint64_t of(Violation violation) const {
    return violations[static_cast<std::size_t>(violation)];
  }
  std::uint64_t all_violations() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : violations) sum += count;
    return sum;
  }
};

}  // namespace culvert::emulator
