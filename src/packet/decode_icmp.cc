// ICMP (RFC 792) and ICMPv6 (RFC 4443), with a look at the packet that an error message quotes.
#include <array>

#include "net/ip.h"
#include "packet/decoder.h"

namespace culvert {
namespace {

constexpr std::size_t kHeaderSize = 8;
/// Highest code of each known ICMP type; none: the type is unknown.
constexpr auto kIcmp4Codes = [] {
  std::array<std::int16_t, 256> highest{};
  highest.fill(-1);
  highest[0] = 0;    // echo reply
  highest[3] = 15;   // destination unreachable
  highest[4] = 0;    // source quench
  highest[5] = 3;    // redirect
  highest[8] = 0;    // echo
  highest[9] = 255;  // router advertisement
  highest[11] = 1;   // time exceeded
  highest[12] = 0;   // parameter problem
  highest[13] = highest[14] = highest[15] = highest[16] = highest[17] = highest[18] = 0;
  return highest;
}();

// ICMPv6 types without a code check.
constexpr std::int16_t kUnknown = -1, kUnassigned = -2, kExperimental = -3, kAnyCode = 255;

/// Highest code of each ICMPv6 type (IANA "ICMPv6 Parameters"), or what kind of number it is.
constexpr auto kIcmp6Codes = [] {
  std::array<std::int16_t, 256> highest{};
  highest.fill(kUnassigned);
  highest[0] = highest[127] = kUnknown;  // reserved
  highest[100] = highest[101] = highest[200] = highest[201] = kExperimental;
  highest[1] = 6;  // destination unreachable
  highest[2] = 0;  // packet too big
  highest[3] = 1;  // time exceeded
  highest[4] = 2;  // parameter problem
  for (std::size_t type = 128; type <= 149; ++type) highest[type] = 0;
  highest[138] = 2;                 // router renumbering, and 255
  highest[139] = highest[140] = 2;  // node information
  for (std::size_t type = 150; type <= 153; ++type) highest[type] = kAnyCode;
  for (std::size_t type = 154; type <= 159; ++type) highest[type] = 0;
  highest[155] = 3;  // RPL control, and 128 to 132
  return highest;
}();

bool is_known_icmp6_code(std::uint8_t type, std::uint8_t code) {
  if (code <= kIcmp6Codes[type]) return true;
  if (type == 138) return code == 255;
  return type == 155 && code >= 128 && code <= 132;
}

/// With what some types have behind the eight bytes that all have; those alone when it is cut off.
std::size_t icmp4_header_size(Bytes data) {
  constexpr std::uint8_t kRouterAdvertisement = 9, kTimestamp = 13, kTimestampReply = 14;
  std::size_t size = kHeaderSize;
  switch (load_u8(data, 0)) {
    case kRouterAdvertisement:  // RFC 1256 section 3: addresses, and words of each
      size += std::size_t{4} * load_u8(data, 4) * load_u8(data, 5);
      break;
    case kTimestamp:
    case kTimestampReply:
      size += 12;
      break;
    default:
      break;
  }
  return size <= data.size() ? size : kHeaderSize;
}

/// What rules see as payload of an ICMPv6 message. Of other than errors and echoes that is, as in
/// Suricata 8, what comes behind the checksum, without as many bytes at the end as it begins early.
Bytes icmp6_payload(Bytes data, std::uint8_t type) {
  constexpr std::uint8_t kLastError = 4, kEcho = 128, kEchoReply = 129;
  constexpr std::size_t kChecksumEnd = 4;
  if ((type != 0 && type <= kLastError) || type == kEcho || type == kEchoReply) {
    return data.subspan(kHeaderSize);
  }
  const std::size_t unseen = kHeaderSize + kChecksumEnd;
  return data.size() > unseen ? data.subspan(kChecksumEnd, data.size() - unseen) : Bytes{};
}

}  // namespace

void Decoder::icmp4(Packet& packet, Bytes data) {
  counters_.icmpv4.add();
  if (data.size() < kHeaderSize) return add_invalid(packet, PacketEvent::kIcmpv4PktTooSmall);
  packet.layer4 = Layer4::kIcmp4;
  packet.icmp_type = load_u8(data, 0);
  packet.icmp_code = load_u8(data, 1);
  packet.l4_header = data.first(icmp4_header_size(data));
  packet.payload = data.subspan(packet.l4_header.size());

  const std::int16_t highest = kIcmp4Codes[packet.icmp_type];
  if (highest < 0) return note(packet, PacketEvent::kIcmpv4UnknownType);
  if (packet.icmp_code > highest) {
    return note(packet, PacketEvent::kIcmpv4UnknownCode);
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
        return add_invalid(packet, PacketEvent::kIcmpv4Ipv4TruncPkt);
      }
      if (load_u8(quoted, 0) >> 4 != 4) {
        return add_invalid(packet, PacketEvent::kIcmpv4Ipv4UnknownVer);
      }
      return;
    }
    default:
      return;
  }
}

void Decoder::icmp6(Packet& packet, Bytes data) {
  constexpr std::uint8_t kLastError = 4, kMldQuery = 130, kMldDone = 132;
  counters_.icmpv6.add();
  if (data.size() < kHeaderSize) return add_invalid(packet, PacketEvent::kIcmpv6PktTooSmall);
  packet.layer4 = Layer4::kIcmp6;
  packet.icmp_type = load_u8(data, 0);
  packet.icmp_code = load_u8(data, 1);
  packet.l4_header = data.first(kHeaderSize);
  packet.payload = icmp6_payload(data, packet.icmp_type);

  switch (kIcmp6Codes[packet.icmp_type]) {
    case kUnknown:
      return note(packet, PacketEvent::kIcmpv6UnknownType);
    case kUnassigned:
      return note(packet, PacketEvent::kIcmpv6UnassignedType);
    case kExperimental:
      return note(packet, PacketEvent::kIcmpv6ExperimentationType);
    default:
      break;
  }
  // RFC 2710 section 3: these never leave the link.
  if (packet.icmp_type >= kMldQuery && packet.icmp_type <= kMldDone &&
      load_u8(packet.ip_header, 7) != 1) {
    note(packet, PacketEvent::kIcmpv6MldMessageWithInvalidHl);
  }
  if (!is_known_icmp6_code(packet.icmp_type, packet.icmp_code)) {
    return note(packet, PacketEvent::kIcmpv6UnknownCode);
  }
  if (packet.icmp_type > kLastError) return;
  if (packet.payload.size() < Ipv6Header::kSize) {
    add_invalid(packet, PacketEvent::kIcmpv6Ipv6TruncPkt);
  } else if (load_u8(packet.payload, 0) >> 4 != 6) {
    add_invalid(packet, PacketEvent::kIcmpv6Ipv6UnknownVersion);
  }
}

}  // namespace culvert
