// IPv6 and its extension headers.
#include <algorithm>

#include "base/byte_cursor.h"
#include "net/ethernet.h"
#include "net/ip.h"
#include "packet/decoder.h"

namespace culvert {

void Decoder::ipv6(Packet& packet, Bytes data, PacketStack& stack) {
  counters_.ipv6.add();
  if (!enter_layer(packet)) return;
  Ipv6Header header;
  switch (Ipv6Header::parse(data, header)) {
    case Ipv6Header::Fault::kNone:
      break;
    case Ipv6Header::Fault::kTooSmall:
      return add_invalid(packet, PacketEvent::kIpv6PktTooSmall);
    case Ipv6Header::Fault::kVersion:
      return add_invalid(packet, PacketEvent::kIpv6WrongIpVersion);
  }
  const std::size_t total = Ipv6Header::kSize + header.payload_length();
  if (total > data.size()) {
    packet.truncated = true;
    if (!options_.tolerate_truncation) {
      return add_invalid(packet, PacketEvent::kIpv6TruncPkt);
    }
    note(packet, PacketEvent::kIpv6TruncPkt);
  } else {
    data = data.first(total);
  }

  packet.layer3 = Layer3::kIpv6;
  packet.ip_header = header.bytes;
  packet.ip_payload = data.subspan(Ipv6Header::kSize);
  packet.source = header.source();
  packet.destination = header.destination();
  packet.ip_proto = header.next_header();
  switch (packet.ip_proto) {
    case ip_proto::kTcp:
      return tcp(packet, packet.ip_payload);
    case ip_proto::kUdp:
      return udp(packet, packet.ip_payload, stack);
    default:
      return ipv6_extensions(packet, packet.ip_proto, packet.ip_payload, stack);
  }
}

/// Walks the chain. Each header begins with the type of the next and its own length in 8-byte
/// units, the first not counted; AH counts in 4-byte units less 2.
void Decoder::ipv6_extensions(Packet& packet, std::uint8_t next, Bytes data, PacketStack& stack) {
  const Bytes all = data;
  const auto offset = [&] { return static_cast<std::uint16_t>(all.size() - data.size()); };
  std::uint16_t link_at = 6;  // offset in the IP packet of the byte that `next` came from
  bool has_hop = false, has_routing = false, has_fragment = false, has_auth = false;
  unsigned destination_options = 0;
  for (;;) {
    packet.ip_proto = next;
    if (data.size() < 2 && data.size() != all.size() && next != ip_proto::kNoNext) {
      return add_invalid(packet, PacketEvent::kIpv6TruncExthdr);
    }
    switch (next) {
      case ip_proto::kHopByHop:
      case ip_proto::kDestinationOptions:
      case ip_proto::kRouting: {
        if (data.size() < 2) return add_invalid(packet, PacketEvent::kIpv6TruncExthdr);
        const std::size_t size = (load_u8(data, 1) + std::size_t{1}) * 8;
        if (size > data.size()) return add_invalid(packet, PacketEvent::kIpv6TruncExthdr);
        if (next == ip_proto::kRouting) {
          if (has_routing) {
            note(packet, PacketEvent::kIpv6ExthdrDuplRh);
          } else if (load_u8(data, 2) == 0) {
            note(packet, PacketEvent::kIpv6RhType0);
          }
          has_routing = true;
        } else {
          const bool hop = next == ip_proto::kHopByHop;
          if (hop && has_hop) {
            note(packet, PacketEvent::kIpv6ExthdrDuplHh);
          } else if (!hop && destination_options >= 2) {
            // Once before a routing header and once at the end is right.
            note(packet, PacketEvent::kIpv6ExthdrDuplDh);
          } else {
            ipv6_options(packet, data.subspan(2, size - 2), hop);
          }
          has_hop = has_hop || hop;
          destination_options += hop ? 0 : 1;
        }
        next = load_u8(data, 0);
        link_at = static_cast<std::uint16_t>(Ipv6Header::kSize + offset());
        data = data.subspan(size);
        break;
      }
      case ip_proto::kFragment: {
        const auto fragment = Ipv6FragmentHeader::parse(data);
        if (!fragment) return add_invalid(packet, PacketEvent::kIpv6TruncExthdr);
        if (has_fragment) {
          // The first one counts.
          note(packet, PacketEvent::kIpv6ExthdrDuplFh);
          next = fragment->next_header;
          data = data.subspan(Ipv6FragmentHeader::kSize);
          break;
        }
        if (fragment->reserved != 0) {
          note(packet, PacketEvent::kIpv6FhNonZeroReservedField);
        }
        packet.fragment = {.id = fragment->id,
                           .offset = fragment->offset,
                           .header_at = offset(),
                           .link_at = link_at,
                           .next_header = fragment->next_header,
                           .more = fragment->more,
                           .data = data.subspan(Ipv6FragmentHeader::kSize)};
        has_fragment = true;
        link_at = static_cast<std::uint16_t>(Ipv6Header::kSize + offset());
        next = fragment->next_header;
        data = data.subspan(Ipv6FragmentHeader::kSize);
        if (fragment->offset == 0 && !fragment->more) {
          // An atomic fragment (RFC 6946): a whole datagram.
          note(packet, PacketEvent::kIpv6ExthdrUselessFh);
          break;
        }
        if (fragment->more && data.size() % 8 != 0) {
          note(packet, PacketEvent::kIpv6FragInvalidLength);
        }
        packet.is_fragment = true;
        packet.ip_proto = next;
        return;
      }
      case ip_proto::kAh: {
        constexpr std::size_t kMinSize = 12;
        if (data.size() < kMinSize) return add_invalid(packet, PacketEvent::kIpv6TruncExthdr);
        // RFC 4302 section 2.2; less than its fixed part cannot be.
        const std::size_t size = std::max(kMinSize, (load_u8(data, 1) + std::size_t{2}) * 4);
        if (size > data.size()) return add_invalid(packet, PacketEvent::kIpv6TruncExthdr);
        if (has_auth) {
          note(packet, PacketEvent::kIpv6ExthdrDuplAh);
        } else if (load_u16(data, 2) != 0) {
          note(packet, PacketEvent::kIpv6ExthdrAhResNotNull);
        }
        has_auth = true;
        next = load_u8(data, 0);
        link_at = static_cast<std::uint16_t>(Ipv6Header::kSize + offset());
        data = data.subspan(size);
        break;
      }
      case ip_proto::kEsp:
        if (data.size() < 8) return add_invalid(packet, PacketEvent::kIpv6TruncExthdr);
        return esp(packet, data);
      case ip_proto::kNoNext:
        if (!data.empty()) note(packet, PacketEvent::kIpv6DataAfterNoneHeader);
        return;
      case ip_proto::kMobility:
      case ip_proto::kHip:
      case ip_proto::kShim6: {
        if (data.size() < 8) return add_invalid(packet, PacketEvent::kIpv6TruncExthdr);
        const std::size_t size = (load_u8(data, 1) + std::size_t{1}) * 8;
        if (size > data.size()) return add_invalid(packet, PacketEvent::kIpv6TruncExthdr);
        next = load_u8(data, 0);
        link_at = static_cast<std::uint16_t>(Ipv6Header::kSize + offset());
        data = data.subspan(size);
        break;
      }
      default:
        if (!transport(packet, next, data, stack)) {
          note(packet, PacketEvent::kIpv6UnknownNextHeader);
        }
        return;
    }
  }
}

/// TLVs of a hop-by-hop or destination options header (RFC 8200 section 4.2).
void Decoder::ipv6_options(Packet& packet, Bytes options, bool hop_by_hop) {
  constexpr std::uint8_t kPad1 = 0, kPadN = 1, kRouterAlert = 0x05, kJumbo = 0xc2,
                         kHomeAddress = 0xc9;
  ByteCursor in(options);
  bool has_padding = false, has_other = false;
  while (!in.empty()) {
    const std::uint8_t type = in.u8();
    if (type == kPad1) {
      has_padding = true;
      continue;
    }
    const std::size_t min_length = type == kRouterAlert   ? 2
                                   : type == kJumbo       ? 4
                                   : type == kHomeAddress ? 16
                                                          : 0;
    const std::size_t length = in.u8();
    in.skip(length);
    if (!in.ok() || length < min_length) {
      add_invalid(packet, PacketEvent::kIpv6ExthdrInvalidOptlen);
      break;
    }
    switch (type) {
      case kPadN:
        has_padding = true;
        if (length == 0) note(packet, PacketEvent::kIpv6ZeroLenPadn);
        break;
      case kJumbo:
        break;
      case kRouterAlert:
      case kHomeAddress:
        has_other = true;
        break;
      default:
        has_other = true;
        note(packet, hop_by_hop ? PacketEvent::kIpv6HopoptsUnknownOpt
                                : PacketEvent::kIpv6DstoptsUnknownOpt);
        break;
    }
  }
  if (has_padding && !has_other) {
    note(packet,
         hop_by_hop ? PacketEvent::kIpv6HopoptsOnlyPadding : PacketEvent::kIpv6DstoptsOnlyPadding);
  }
}

}  // namespace culvert
