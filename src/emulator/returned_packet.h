// Taking apart what came back from an appliance: outer IPv4, UDP, GENEVE and its options.
#pragma once

#include <cstdint>
#include <optional>
#include <tl/expected.hpp>

#include "base/bytes.h"
#include "emulator/emulator_counters.h"
#include "emulator/inner_packet.h"

namespace culvert::emulator {

/// Views the bytes it was parsed from.
struct ReturnedPacket {
  std::uint32_t source = 0, destination = 0;  ///< outer, host order
  std::uint16_t source_port = 0;
  Bytes geneve;  ///< header and options, as they came
  std::uint64_t endpoint = 0;
  std::uint32_t cookie = 0;
  Bytes inner_bytes;
  InnerPacket inner;
};

/// `bytes` begin at the outer IPv4 header, which holds UDP. Reports the first thing that is wrong,
/// from the outside in. `checksum_there` is false when the sender left the UDP checksum to
/// hardware.
tl::expected<ReturnedPacket, Violation> parse_returned(Bytes bytes, bool checksum_there = true);

/// Whether the checksums of a packet that an appliance made hold: IPv4, TCP, ICMP, ICMPv6.
bool has_right_checksums(Bytes inner_bytes, const InnerPacket& inner);

}  // namespace culvert::emulator
