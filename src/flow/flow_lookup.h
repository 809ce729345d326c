// From a packet to the key of its flow.
#pragma once

#include <cstdint>

#include "flow/flow.h"
#include "flow/flow_options.h"
#include "packet/packet.h"

namespace culvert {

/// What find_or_create() needs of a packet; made ahead of it so that memory can be prefetched.
struct FlowLookup {
  FlowKey key;
  std::uint64_t hash = 0;
  bool source_is_low = true;  ///< the packet's source is the key's low end
  bool wants_flow = false;    ///< false: this kind of packet belongs to no flow
  /// An ICMPv4 error: the key is that of the flow whose packet it quotes. It makes no flow.
  bool is_icmp_error = false;
  /// IP in IP: as in the reference, all packets count as the opener's.
  bool always_to_server = false;
};

/// Which kinds have flows: TCP, UDP, SCTP, ICMP, ICMPv6, ESP, IP in IP. Both directions of a conversation get
/// equal keys; for ICMP queries, request and reply do (the identifier is not part of the key).
FlowLookup make_flow_lookup(const Packet& packet, const FlowOptions& options, std::uint64_t seed);

std::uint64_t hash_flow_key(const FlowKey& key, std::uint64_t seed);

/// The type that answers an ICMP query (8 for 0 and 0 for 8, ...), or 256 if there is none.
std::uint16_t icmp4_counterpart(std::uint8_t type);
std::uint16_t icmp6_counterpart(std::uint8_t type);

}  // namespace culvert
