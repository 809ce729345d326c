// ICMP (RFC 792) and ICMPv6 (RFC 4443), with a look at the packet that an error message quotes.
#include <array>

#include "net/ip.h"
#include "packet/decoder.h"

namespace culvert {
namespace {

constexpr std::size_t kHeaderSize = 8;
constexpr std::uint8_t kAnyCode = 255;

/// Highest code of each known ICMP type; none: the type is unknown.
constexpr auto kIcmp4Codes = [] {
  std::array<std::int16_t, 256> highest{};
  highest.fill(-1);
  highest[0] = 0;    // echo reply
  highest[3] = 15;   // destination unreachable
  highest[4] = 0;    // source quench
  highest[5] = 3;    // redirect
  highest[8] = 0;    // echo
  highest[9] = 0;    // router advertisement, and 16 (RFC 5944)
  highest[10] = 0;   // router solicitation
  highest[11] = 1;   // time exceeded
  highest[12] = 2;   // parameter problem
  highest[13] = highest[14] = highest[15] = highest[16] = highest[17] = highest[18] = 0;
  return highest;
}();

}  // namespace

void Decoder::icmp4(Packet& packet, Bytes data) {
  counters_.icmpv4.add();
  if (data.size() < kHeaderSize) return add_invalid(packet, PacketEvent::kIcmpv4PktTooSmall);
  packet.layer4 = Layer4::kIcmp4;
  packet.icmp_type = load_u8(data, 0);
  packet.icmp_code = load_u8(data, 1);
  packet.l4_header = data.first(kHeaderSize);
  packet.payload = data.subspan(kHeaderSize);
  if (options_.validate_checksums) check_l4(packet);

  const std::int16_t highest = kIcmp4Codes[packet.icmp_type];
  if (highest < 0) return add_event(packet, PacketEvent::kIcmpv4UnknownType);
  if (packet.icmp_code > highest && !(packet.icmp_type == 9 && packet.icmp_code == 16)) {
    return add_event(packet, PacketEvent::kIcmpv4UnknownCode);
  }
  switch (packet.icmp_type) {
    case 3:
    case 4:
    case 5:
    case 11:
    case 12: {
      if (packet.payload.empty()) return;
      const Bytes quoted = packet.payload;
      if (quoted.size() < Ipv4Header::kMinSize) {
        return add_event(packet, PacketEvent::kIcmpv4Ipv4TruncPkt);
      }
      if (load_u8(quoted, 0) >> 4 != 4) {
        return add_event(packet, PacketEvent::kIcmpv4Ipv4UnknownVer);
      }
      return;
    }
    default:
      return;
  }
}

void Decoder::icmp6(Packet& packet, Bytes data) {
  constexpr std::uint8_t kUnreachable = 1, kTooBig = 2, kTimeExceeded = 3, kParameter = 4,
                         kEchoRequest = 128, kEchoReply = 129, kMldQuery = 130, kMldReport = 131,
                         kMldDone = 132, kRouterSolicitation = 133, kMld2Report = 143;
  counters_.icmpv6.add();
  if (data.size() < kHeaderSize) return add_invalid(packet, PacketEvent::kIcmpv6PktTooSmall);
  packet.layer4 = Layer4::kIcmp6;
  packet.icmp_type = load_u8(data, 0);
  packet.icmp_code = load_u8(data, 1);
  packet.l4_header = data.first(kHeaderSize);
  packet.payload = data.subspan(kHeaderSize);
  if (options_.validate_checksums) check_l4(packet);

  std::uint8_t highest = kAnyCode;
  bool is_error = false;
  switch (packet.icmp_type) {
    case kUnreachable:
      highest = 7;
      is_error = true;
      break;
    case kTooBig:
      highest = 0;
      is_error = true;
      break;
    case kTimeExceeded:
      highest = 1;
      is_error = true;
      break;
    case kParameter:
      highest = 3;
      is_error = true;
      break;
    case kEchoRequest:
    case kEchoReply:
    case kRouterSolicitation:
      highest = 0;
      break;
    case kMldQuery:
    case kMldReport:
    case kMldDone:
    case kMld2Report:
      highest = 0;
      // RFC 2710 section 3, RFC 3810 section 5: they never leave the link.
      if (load_u8(packet.ip_header, 7) != 1) {
        add_event(packet, PacketEvent::kIcmpv6MldMessageWithInvalidHl);
      }
      break;
    default:
      break;
  }
  if (highest != kAnyCode && packet.icmp_code > highest) {
    add_event(packet, PacketEvent::kIcmpv6UnknownCode);
  } else if (is_error) {
    if (packet.payload.size() < Ipv6Header::kSize) {
      add_event(packet, PacketEvent::kIcmpv6Ipv6TruncPkt);
    } else if (load_u8(packet.payload, 0) >> 4 != 6) {
      add_event(packet, PacketEvent::kIcmpv6Ipv6UnknownVersion);
    }
  }
}

}  // namespace culvert
