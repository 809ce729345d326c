// The answers to a rejected packet: TCP resets (RFC 9293 section 3.5.2) and ICMP "unreachable,
// administratively prohibited" (RFC 1812 section 5.2.7.1, RFC 4443 section 3.1).
#pragma once

#include <array>
#include <cstddef>

#include "base/bytes.h"
#include "packet/packet.h"

namespace culvert {

/// Which end is told.
enum class RejectEnd { kSource, kDestination };

/// Room for the largest answer: IPv6 header, ICMPv6 header, and a quote of the offending packet
/// that keeps the whole within 576 bytes.
using RejectBuffer = std::array<std::byte, 576>;

/// Writes the IP packet that tells `end` of the rejected `packet` and returns it, a view of `out`.
/// Empty when there is nothing to be said: no IP, a fragment, an RST or ICMP error itself (RFC 1122
/// section 3.2.2), or UDP towards its destination, which expects no answer.
///
/// The source is told as if the destination had refused (its sequence number is what the source
/// last acknowledged); the destination as if the source had given up (the number it expects next).
Bytes make_reject_packet(const Packet& packet, RejectEnd end, RejectBuffer& out);

}  // namespace culvert
