// IPv4 and its options.
#include "base/byte_cursor.h"
#include "net/ethernet.h"
#include "net/ip.h"
#include "packet/decoder.h"

namespace culvert {
namespace {

// Option types (IANA "IP Option Numbers"), with the copied flag and class as they stand on the wire.
constexpr std::uint8_t kEndOfList = 0, kNoOperation = 1, kRecordRoute = 0x07, kQuickStart = 0x19,
                       kTimestamp = 0x44, kSecurity = 0x82, kLooseRoute = 0x83,
                       kExtendedSecurity = 0x85, kCipso = 0x86, kStreamId = 0x88,
                       kStrictRoute = 0x89, kRouterAlert = 0x94;

}  // namespace

void Decoder::ipv4(Packet& packet, Bytes data, PacketStack& stack) {
  counters_.ipv4.add();
  if (!enter_layer(packet)) return;
  Ipv4Header header;
  switch (Ipv4Header::parse(data, header)) {
    case Ipv4Header::Fault::kNone:
      break;
    case Ipv4Header::Fault::kTooSmall:
      return add_invalid(packet, PacketEvent::kIpv4PktTooSmall);
    case Ipv4Header::Fault::kVersion:
      return add_invalid(packet, PacketEvent::kIpv4WrongIpVersion);
    case Ipv4Header::Fault::kHeaderLength:
      return add_invalid(packet, PacketEvent::kIpv4HlenTooSmall);
    case Ipv4Header::Fault::kTotalLength:
      return add_invalid(packet, PacketEvent::kIpv4IplenSmallerThanHlen);
  }
  const std::size_t total = header.total_length();
  if (total > data.size()) {
    packet.truncated = true;
    const std::size_t announced = (load_u8(data, 0) & 0x0f) * std::size_t{4};
    if (!options_.tolerate_truncation || header.bytes.size() < announced) {
      return add_invalid(packet, PacketEvent::kIpv4TruncPkt);
    }
    note(packet, PacketEvent::kIpv4TruncPkt);
  } else {
    data = data.first(total);  // what follows is padding of the link layer
  }

  packet.layer3 = Layer3::kIpv4;
  packet.ip_header = header.bytes;
  packet.ip_payload = packet.payload = data.subspan(header.bytes.size());
  packet.source = header.source();
  packet.destination = header.destination();
  packet.ip_proto = header.protocol();
  if (header.bytes.size() > Ipv4Header::kMinSize) ipv4_options(packet, header.options());
  if (options_.validate_checksums) check_ip(packet);
  if (header.is_fragment()) {
    packet.is_fragment = true;
    packet.fragment = {.id = header.id(),
                       .offset = header.fragment_offset(),
                       .next_header = header.protocol(),
                       .more = header.more_fragments()};
    return;
  }
  transport(packet, header.protocol(), packet.ip_payload, stack);
}

/// What both IP versions can carry; false when it is something else.
bool Decoder::transport(Packet& packet, std::uint8_t protocol, Bytes data, PacketStack& stack) {
  const bool v4 = packet.layer3 == Layer3::kIpv4;
  switch (protocol) {
    case ip_proto::kTcp:
      tcp(packet, data);
      return true;
    case ip_proto::kUdp:
      udp(packet, data, stack);
      return true;
    case ip_proto::kIcmp4:
      if (v4) {
        icmp4(packet, data);
      } else {
        note(packet, PacketEvent::kIpv6Icmpv4);
      }
      return true;
    case ip_proto::kIcmp6:
      if (v4) {
        add_invalid(packet, PacketEvent::kIpv4Icmpv6);
      } else {
        icmp6(packet, data);
      }
      return true;
    case ip_proto::kIgmp:
      if (!v4) return false;
      igmp(packet, data);
      return true;
    case ip_proto::kGre:
      gre(packet, data, stack);
      return true;
    case ip_proto::kSctp:
      sctp(packet, data);
      return true;
    case ip_proto::kEsp:
      esp(packet, data);
      return true;
    case ip_proto::kIpv4:
      ip_in_ip(packet, data, Inner::kIpv4, stack);
      return true;
    case ip_proto::kIpv6:
      ip_in_ip(packet, data, Inner::kIpv6, stack);
      return true;
    default:
      return false;
  }
}

void Decoder::ip_in_ip(Packet& packet, Bytes data, Inner what, PacketStack& stack) {
  if (packet.layer3 == Layer3::kIpv4) {
    const bool v4 = what == Inner::kIpv4;
    const TunnelKind kind = v4 ? TunnelKind::kIpInIp : TunnelKind::kIpv6InIp;
    if (tunnel(packet, data, what, kind, stack) != nullptr) {
      (v4 ? counters_.ipv4_in_ipv4 : counters_.ipv6_in_ipv4).add();
    }
    return;
  }
  const unsigned version = data.empty() ? 0u : load_u8(data, 0) >> 4;
  if (what == Inner::kIpv4) {
    if (data.size() < Ipv4Header::kMinSize) {
      return add_invalid(packet, PacketEvent::kIpv6Ipv4InIpv6TooSmall);
    }
    if (version != 4) return add_invalid(packet, PacketEvent::kIpv6Ipv4InIpv6WrongVersion);
    counters_.ipv4_in_ipv6.add();
    tunnel(packet, data, what, TunnelKind::kIpv4InIpv6, stack);
  } else {
    if (data.size() < Ipv6Header::kSize) {
      return add_invalid(packet, PacketEvent::kIpv6Ipv6InIpv6TooSmall);
    }
    if (version != 6) return add_invalid(packet, PacketEvent::kIpv6Ipv6InIpv6WrongVersion);
    counters_.ipv6_in_ipv6.add();
    tunnel(packet, data, what, TunnelKind::kIpv6InIpv6, stack);
  }
}

void Decoder::ipv4_options(Packet& packet, Bytes options) {
  ByteCursor in(options);
  std::uint32_t seen = 0;
  while (!in.empty()) {
    const std::uint8_t type = in.u8();
    if (type == kEndOfList) break;
    if (type == kNoOperation) continue;
    if (in.empty()) return note(packet, PacketEvent::kIpv4OptEolRequired);
    const std::size_t length = in.u8();
    if (length < 2 || length - 2 > in.size()) {
      return note(packet, PacketEvent::kIpv4OptInvalidLen);
    }
    const Bytes body = in.take(length - 2);
    unsigned kind = 0;  // bit of `seen`
    bool right = true;
    switch (type) {
      case kRecordRoute:
      case kLooseRoute:
      case kStrictRoute:
        // Pointer, then addresses; the pointer is at least 4 and on a slot's edge.
        kind = type == kRecordRoute ? 1 : type == kLooseRoute ? 2 : 3;
        right = length >= 3;
        if (right) {
          const std::uint8_t pointer = load_u8(body, 0);
          if (pointer < 4 || pointer % 4 != 0 || pointer > length + 1) {
            note(packet, PacketEvent::kIpv4OptMalformed);
          }
        }
        break;
      case kTimestamp: {
        kind = 4;
        right = length >= 5;
        if (right) {
          const std::uint8_t pointer = load_u8(body, 0);
          const unsigned flag = load_u8(body, 1) & 0x0f;
          const std::size_t slot = flag == 1 || flag == 3 ? 8 : 4;
          if (pointer < 5 || (pointer - 5u) % slot != 0 || pointer > length + 1) {
            note(packet, PacketEvent::kIpv4OptMalformed);
          }
        }
        break;
      }
      case kSecurity:
        kind = 5;
        right = length == 11;
        break;
      case kExtendedSecurity:
        kind = 6;
        right = length >= 3;
        break;
      case kCipso:
        kind = 7;
        right = length >= 8;
        break;
      case kStreamId:
        kind = 8;
        right = length == 4;
        break;
      case kRouterAlert:
        kind = 9;
        right = length == 4;
        break;
      case kQuickStart:
        kind = 10;
        right = length == 8;
        break;
      default:
        note(packet, PacketEvent::kIpv4OptUnknown);
        continue;
    }
    if (!right) {
      note(packet, PacketEvent::kIpv4OptInvalidLen);
      continue;
    }
    if ((seen & 1u << kind) != 0) note(packet, PacketEvent::kIpv4OptDuplicate);
    seen |= 1u << kind;
  }
}

}  // namespace culvert
