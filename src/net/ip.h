// IPv4 (RFC 791) and IPv6 (RFC 8200) headers as checked views.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/address.h"
#include "net/checksum.h"
#include "net/fields.h"

namespace culvert {

/// Protocol numbers and IPv6 next headers (IANA "Protocol Numbers").
namespace ip_proto {
constexpr std::uint8_t kHopByHop = 0, kIcmp4 = 1, kIgmp = 2, kIpv4 = 4, kTcp = 6, kUdp = 17,
                       kIpv6 = 41, kRouting = 43, kFragment = 44, kGre = 47, kEsp = 50, kAh = 51,
                       kIcmp6 = 58, kNoNext = 59, kDestinationOptions = 60, kSctp = 132,
                       kMobility = 135, kHip = 139, kShim6 = 140;
}

/// ```
///  0                   1                   2                   3
///  |Version|  IHL  |Type of Service|          Total Length         |
///  |         Identification        |Flags|     Fragment Offset     |
///  |  Time to Live |    Protocol   |        Header Checksum        |
///  |                         Source Address                        |
///  |                      Destination Address                      |
///  |                    Options, to 60 bytes                       |
/// ```
/// Views the packet it came from.
struct Ipv4Header {
  static constexpr std::size_t kMinSize = 20;
  Bytes bytes;  ///< 20..60, with options

  /// What a header of this size can say wrong; the caller notes which.
  enum class Fault : std::uint8_t { kNone, kTooSmall, kVersion, kHeaderLength, kTotalLength };
  /// On a fault `header` is not changed. Does not look at whether all of the packet is there.
  static Fault parse(Bytes packet, Ipv4Header& header) {
    if (packet.size() < kMinSize) return Fault::kTooSmall;
    const unsigned first = load_u8(packet, 0);
    const std::size_t size = (first & 0x0f) * std::size_t{4};
    if (first >> 4 != 4) return Fault::kVersion;
    if (size < kMinSize) return Fault::kHeaderLength;
    const std::size_t total = load_u16(packet, 2);
    if (total < size) return Fault::kTotalLength;
    header.bytes = packet.first(size <= packet.size() ? size : packet.size());
    return Fault::kNone;
  }

  Bytes options() const { return bytes.subspan(kMinSize); }
  std::uint8_t tos() const { return load_u8(bytes, 1); }
  std::uint16_t total_length() const { return load_u16(bytes, 2); }
  std::uint16_t id() const { return load_u16(bytes, 4); }
  bool dont_fragment() const { return (load_u8(bytes, 6) & 0x40) != 0; }
  bool more_fragments() const { return (load_u8(bytes, 6) & 0x20) != 0; }
  std::uint16_t fragment_offset() const {  ///< in bytes
    return static_cast<std::uint16_t>((load_u16(bytes, 6) & 0x1fff) << 3);
  }
  /// A first or later fragment, as opposed to a whole datagram.
  bool is_fragment() const { return (load_u16(bytes, 6) & 0x3fff) != 0; }
  std::uint8_t ttl() const { return load_u8(bytes, 8); }
  std::uint8_t protocol() const { return load_u8(bytes, 9); }
  Bytes source_bytes() const { return bytes.subspan(12, 4); }
  Bytes destination_bytes() const { return bytes.subspan(16, 4); }
  IpAddress source() const { return IpAddress::from_bytes(source_bytes()); }
  IpAddress destination() const { return IpAddress::from_bytes(destination_bytes()); }
  bool has_valid_checksum() const { return checksum_fold(checksum_add(0, bytes)) == 0; }
};

/// The fixed header:
/// ```
///  |Version| Traffic Class |           Flow Label                  |
///  |         Payload Length        |  Next Header  |   Hop Limit   |
///  |                Source Address, 16 bytes                       |
///  |              Destination Address, 16 bytes                    |
/// ```
struct Ipv6Header {
  static constexpr std::size_t kSize = 40;
  Bytes bytes;

  enum class Fault : std::uint8_t { kNone, kTooSmall, kVersion };
  static Fault parse(Bytes packet, Ipv6Header& header) {
    if (packet.size() < kSize) return Fault::kTooSmall;
    if (load_u8(packet, 0) >> 4 != 6) return Fault::kVersion;
    header.bytes = packet.first(kSize);
    return Fault::kNone;
  }

  std::uint8_t traffic_class() const {
    return static_cast<std::uint8_t>(load_u16(bytes, 0) >> 4);
  }
  std::uint32_t flow_label() const { return load_u32(bytes, 0) & 0xfffff; }
  std::uint16_t payload_length() const { return load_u16(bytes, 4); }
  std::uint8_t next_header() const { return load_u8(bytes, 6); }
  std::uint8_t hop_limit() const { return load_u8(bytes, 7); }
  Bytes source_bytes() const { return bytes.subspan(8, 16); }
  Bytes destination_bytes() const { return bytes.subspan(24, 16); }
  IpAddress source() const { return IpAddress::from_bytes(source_bytes()); }
  IpAddress destination() const { return IpAddress::from_bytes(destination_bytes()); }
};

/// Fragment header, RFC 8200 section 4.5.
struct Ipv6FragmentHeader {
  static constexpr std::size_t kSize = 8;
  std::uint8_t next_header = 0;
  std::uint8_t reserved = 0;
  std::uint16_t offset = 0;  ///< in bytes
  bool more = false;
  std::uint32_t id = 0;

  static std::optional<Ipv6FragmentHeader> parse(Bytes data) {
    if (data.size() < kSize) return std::nullopt;
    const std::uint16_t field = load_u16(data, 2);
    return Ipv6FragmentHeader{load_u8(data, 0), load_u8(data, 1),
                              static_cast<std::uint16_t>(field & 0xfff8), (field & 1) != 0,
                              load_u32(data, 4)};
  }
};

}  // namespace culvert
