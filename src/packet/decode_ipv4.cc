// IPv4 and its options.
#include <array>

#include "base/byte_cursor.h"
#include "net/ethernet.h"
#include "net/ip.h"
#include "packet/decoder.h"

namespace culvert {
namespace {

constexpr std::uint8_t kEndOfList = 0, kNoOperation = 1;

/// The pointer of a route option counts from the option's type, from 1; it is the next slot's place,
/// or the one after the end when all are taken.
bool is_right_route(Bytes body) {
  const std::size_t pointer = load_u8(body, 0);
  return pointer >= 4 && pointer % 4 == 0 && pointer <= body.size() + 3;
}

/// The same for timestamps, whose slots are 8 bytes when addresses go with them (flags 1 and 3).
bool is_right_timestamp(Bytes body) {
  const std::size_t pointer = load_u8(body, 0);
  const unsigned flag = load_u8(body, 1) & 0x0f;
  const std::size_t slot = flag == 1 || flag == 3 ? 8 : 4;
  return pointer >= 5 && (pointer - 5) % slot == 0 && pointer <= body.size() + 3;
}

/// CIPSO (FIPS 188): domain of interpretation, then tags of type, length (of all of it) and data.
bool is_right_cipso(Bytes body) {
  constexpr std::size_t kDomain = 4, kMinTag = 4;
  for (body = body.subspan(kDomain); !body.empty();) {
    if (body.size() < kMinTag) return false;
    const std::uint8_t type = load_u8(body, 0);
    const std::size_t length = load_u8(body, 1);
    if (type == 0 || type == 3 || type == 4 || type > 7) return false;
    if (length < kMinTag || length > body.size()) return false;
    if (type != 7 && load_u8(body, 2) != 0) return false;  // alignment octet
    body = body.subspan(length);
  }
  return true;
}

/// IANA "IP Option Numbers": the type as it stands on the wire, with its copied flag and class, and
/// the length with type and length bytes.
struct Ipv4Option {
  std::uint8_t type;
  std::uint8_t min_length, max_length;
  bool (*is_right)(Bytes body);
};
constexpr std::array kIpv4Options{
    Ipv4Option{0x07, 3, 255, is_right_route},      // record route
    Ipv4Option{0x19, 8, 255, nullptr},             // quick start, RFC 4782
    Ipv4Option{0x44, 5, 255, is_right_timestamp},  // timestamp
    Ipv4Option{0x82, 3, 255, nullptr},             // security
    Ipv4Option{0x83, 3, 255, is_right_route},      // loose source route
    Ipv4Option{0x85, 3, 255, nullptr},             // extended security
    Ipv4Option{0x86, 10, 255, is_right_cipso},     // commercial security
    Ipv4Option{0x88, 4, 4, nullptr},               // stream id
    Ipv4Option{0x89, 3, 255, is_right_route},      // strict source route
    Ipv4Option{0x94, 4, 4, nullptr},               // router alert, RFC 2113
};

const Ipv4Option* find_ipv4_option(std::uint8_t type) {
  for (const Ipv4Option& option : kIpv4Options) {
    if (option.type == type) return &option;
  }
  return nullptr;
}

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

  if (header.bytes.size() > Ipv4Header::kMinSize && !ipv4_options(packet, header.options())) {
    return;
  }

  packet.layer3 = Layer3::kIpv4;
  packet.ip_header = header.bytes;
  packet.ip_payload = data.subspan(header.bytes.size());
  packet.source = header.source();
  packet.destination = header.destination();
  packet.ip_proto = header.protocol();
  if (options_.validate_checksums) check_ip(packet);
  if (header.is_fragment()) {
    packet.is_fragment = true;
    packet.fragment = {.id = header.id(),
                       .offset = header.fragment_offset(),
                       .next_header = header.protocol(),
                       .more = header.more_fragments(),
                       .data = packet.ip_payload};
    return;
  }
  if (packet.ip_proto == ip_proto::kTcp) return tcp(packet, packet.ip_payload);
  transport(packet, packet.ip_proto, packet.ip_payload, stack);
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
    if (tunnel(packet, data, what, TunnelKind::kIpv4InIpv6, stack) != nullptr) {
      counters_.ipv4_in_ipv6.add();
    }
  } else {
    if (data.size() < Ipv6Header::kSize) {
      return add_invalid(packet, PacketEvent::kIpv6Ipv6InIpv6TooSmall);
    }
    if (version != 6) return add_invalid(packet, PacketEvent::kIpv6Ipv6InIpv6WrongVersion);
    if (tunnel(packet, data, what, TunnelKind::kIpv6InIpv6, stack) != nullptr) {
      counters_.ipv6_in_ipv6.add();
    }
  }
}

/// False when lengths are so wrong that what follows cannot be told.
bool Decoder::ipv4_options(Packet& packet, Bytes options) {
  if (options.size() % 8 != 0) note(packet, PacketEvent::kIpv4OptPadRequired);
  ByteCursor in(options);
  std::uint32_t seen = 0;
  while (!in.empty()) {
    const std::uint8_t type = in.u8();
    if (type == kEndOfList) break;
    if (type == kNoOperation) continue;
    if (in.empty()) {
      note(packet, PacketEvent::kIpv4OptEolRequired);
      break;
    }
    const std::size_t length = in.u8();
    if (length < 2 || length - 2 > in.size()) {
      add_invalid(packet, PacketEvent::kIpv4OptInvalidLen);
      return false;
    }
    const Bytes body = in.take(length - 2);
    const Ipv4Option* option = find_ipv4_option(type);
    if (option == nullptr) {
      note(packet, PacketEvent::kIpv4OptInvalid);
      continue;
    }
    const std::uint32_t bit = 1u << (option - kIpv4Options.data());
    if ((seen & bit) != 0) {
      note(packet, PacketEvent::kIpv4OptDuplicate);
      continue;
    }
    if (length < option->min_length || length > option->max_length) {
      add_invalid(packet, PacketEvent::kIpv4OptInvalidLen);
    } else if (option->is_right != nullptr && !option->is_right(body)) {
      add_invalid(packet, PacketEvent::kIpv4OptMalformed);
    } else {
      seen |= bit;
    }
  }
  return true;
}

}  // namespace culvert
