// The RST with which the load balancer itself answers a packet of a flow that it gives up.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "emulator/inner_packet.h"

namespace culvert::emulator {

/// The answer of RFC 9293 section 3.10.7.1 ("CLOSED") to a TCP packet: an IP packet to its sender.
std::vector<std::byte> make_tcp_reset(const InnerPacket& packet);

}  // namespace culvert::emulator
