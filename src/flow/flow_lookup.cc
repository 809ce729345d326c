// An ICMPv4 destination unreachable quotes the start of the packet that it answers (RFC 792; RFC 1812
// section 4.3.2.3 says how much). It belongs to the flow of the quoted packet, with the ends as that
// packet had them: the error usually travels against it.
#include "flow/flow_lookup.h"

#include <optional>

#include "base/byte_cursor.h"
#include "base/hash.h"

namespace culvert {
namespace {

constexpr std::uint8_t kIcmp4Unreachable = 3;
constexpr std::uint8_t kProtoTcp = 6, kProtoUdp = 17, kProtoIpInIp = 4, kProtoIpv6 = 41;

/// A type that nothing answers: both directions are then flows of their own.
constexpr std::uint16_t kNoCounterpart = 256;

/// RFC 792 errors: they answer another packet and open no conversation.
bool is_icmp4_error(std::uint8_t type) {
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

struct Ends {
  IpAddress source, destination;
  std::uint16_t source_port = 0, destination_port = 0;
  std::uint8_t ip_proto = 0;
};

/// The ends that an ICMPv4 error's quotation names; nothing if it is cut short or not TCP or UDP.
std::optional<Ends> quoted_ends(Bytes quotation) {
  ByteCursor in(quotation);
  const std::uint8_t version_and_length = in.u8();
  in.skip(8);
  Ends ends;
  ends.ip_proto = in.u8();
  in.skip(2);
  ends.source = IpAddress::from_bytes(in.take(4));
  ends.destination = IpAddress::from_bytes(in.take(4));
  const std::size_t header_bytes = (version_and_length & 0x0fu) * 4u;
  if (!in.ok() || version_and_length >> 4 != 4 || header_bytes < 20) return std::nullopt;
  in.skip(header_bytes - 20);
  if (ends.ip_proto == kProtoTcp || ends.ip_proto == kProtoUdp) {
    ends.source_port = in.u16();
    ends.destination_port = in.u16();
  } else {
    return std::nullopt;
  }
  if (!in.ok()) return std::nullopt;
  return ends;
}

}  // namespace

std::uint64_t hash_flow_key(const FlowKey& key, std::uint64_t seed) {
  // Both factors depend on the seed: nobody can choose addresses that make one of them zero.
  const auto low = key.low.words(), high = key.high.words();
  const std::uint64_t other_seed = seed + 0x9e3779b97f4a7c15u;
  std::uint64_t hash = mix64(low[0] ^ seed, high[0] ^ other_seed);
  if (key.low.is_v6()) hash = mix64(hash ^ low[1] ^ seed, hash + (high[1] ^ other_seed));
  const std::uint64_t ports = std::uint64_t{key.low_port} << 48 | std::uint64_t{key.high_port} << 32 |
                              std::uint64_t{key.ip_proto} << 24 |
                              std::uint64_t{key.recursion_level} << 16 | key.vlan[2];
  const std::uint64_t rest = std::uint64_t{key.vlan[0]} << 48 | std::uint64_t{key.vlan[1]} << 32 |
                             static_cast<std::uint64_t>(key.tenant.kind);
  hash = mix64(hash ^ ports, 0x9e3779b97f4a7c15u);
  hash = mix64(hash ^ rest, 0xe7037ed1a0b428dbu ^ key.tenant.id);
  return hash;
}

std::uint16_t icmp4_counterpart(std::uint8_t type) {
  switch (type) {
    case 0: return 8;    // echo
    case 8: return 0;
    case 9: return 10;   // router discovery
    case 10: return 9;
    case 13: return 14;  // timestamp
    case 14: return 13;
    case 15: return 16;  // information
    case 16: return 15;
    case 17: return 18;  // address mask
    case 18: return 17;
    default: return kNoCounterpart;
  }
}

std::uint16_t icmp6_counterpart(std::uint8_t type) {
  switch (type) {
    case 128: return 129;  // echo
    case 129: return 128;
    case 133: return 134;  // router discovery
    case 134: return 133;
    case 135: return 136;  // neighbour discovery
    case 136: return 135;
    case 139: return 140;  // node information
    case 140: return 139;
    case 144: return 145;  // home agent address discovery
    case 145: return 144;
    default: return kNoCounterpart;
  }
}

FlowLookup make_flow_lookup(const Packet& packet, const FlowOptions& options, std::uint64_t seed) {
  FlowLookup lookup;
  if (!packet.is_ip() || packet.is_fragment) return lookup;
  // Bad options leave a segment with all that makes a flow.
  if (packet.invalid && !packet.is_tcp()) return lookup;
  std::optional<Ends> quoted;
  std::uint16_t source_port = packet.source_port, destination_port = packet.destination_port;
  bool one_way = false;
  switch (packet.layer4) {
    case Layer4::kTcp:
    case Layer4::kUdp:
    case Layer4::kSctp:
      break;
    case Layer4::kIcmp4:
      lookup.is_icmp_error = is_icmp4_error(packet.icmp_type);
      source_port = packet.icmp_type;
      destination_port = icmp4_counterpart(packet.icmp_type);
      if (packet.icmp_type == kIcmp4Unreachable && (quoted = quoted_ends(packet.payload))) {
        // The error goes to the quoted packet's sender: seen as a packet of the other direction.
        source_port = quoted->destination_port;
        destination_port = quoted->source_port;
      }
      break;
    case Layer4::kIcmp6:
      source_port = packet.icmp_type;
      destination_port = icmp6_counterpart(packet.icmp_type);
      break;
    case Layer4::kEsp: {
      ByteCursor in(packet.l4_header);
      source_port = in.u16();
      destination_port = in.u16();
      one_way = true;  // each direction has an SPI of its own
      break;
    }
    case Layer4::kNone:
      if (packet.ip_proto != kProtoIpInIp && packet.ip_proto != kProtoIpv6) return lookup;
      lookup.always_to_server = true;
      break;
    case Layer4::kGre:
    case Layer4::kIgmp:
      return lookup;
  }

  const IpAddress& source = quoted ? quoted->destination : packet.source;
  const IpAddress& destination = quoted ? quoted->source : packet.destination;
  const auto order = source <=> destination;
  lookup.source_is_low =
      one_way || order < 0 || (order == 0 && source_port <= destination_port);
  FlowKey& key = lookup.key;
  key.low = lookup.source_is_low ? source : destination;
  key.high = lookup.source_is_low ? destination : source;
  key.low_port = lookup.source_is_low ? source_port : destination_port;
  key.high_port = lookup.source_is_low ? destination_port : source_port;
  if (options.vlan_tracking) key.vlan = packet.vlan;
  key.ip_proto = quoted ? quoted->ip_proto : packet.ip_proto;
  if (options.recursion_level_tracking) key.recursion_level = packet.recursion_level;
  key.tenant = packet.tenant;
  if (key.tenant.kind == TenantKind::kInterface && !options.interface_tracking) key.tenant = {};
  lookup.hash = hash_flow_key(key, seed);
  lookup.wants_flow = true;
  return lookup;
}

}  // namespace culvert
