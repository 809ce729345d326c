// Classic BPF programs on the sockets of the GENEVE source: which frames it gets, and which of several
// workers.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "io/geneve_source.h"

namespace culvert {

/// Accepts frames to this host with UDP to `port` over IPv4, and later fragments of UDP. Offsets from
/// the Ethernet header.
std::vector<sock_filter> gwlb_frame_filter(std::uint16_t port);

/// Gives a number to pick a worker by, the same for both directions of the inner flow. Offsets from the
/// outer IP header, as a fanout group runs it. What is no GENEVE gives anything.
std::vector<sock_filter> gwlb_steering_program(GwlbSteering steering);

}  // namespace culvert
