// The IP protocol of a packet as rules see it.
#pragma once

#include <cstdint>

#include "packet/packet.h"

namespace culvert {

/// A fragment of IPv6 is of the protocol of its fragment header, as only the first one has more
/// (RFC 8200 section 4.5); what is made whole of fragments is of its own.
inline std::uint8_t protocol_for_rules(const Packet& packet) {
  constexpr std::uint8_t kIpv6Fragment = 44;
  return packet.is_fragment && packet.layer3 == Layer3::kIpv6 ? kIpv6Fragment : packet.ip_proto;
}

}  // namespace culvert
