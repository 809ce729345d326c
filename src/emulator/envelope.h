// The 68 bytes that a Gateway Load Balancer puts before each packet.
//
//     outer IPv4   20   protocol 17, DF, no options
//     outer UDP     8   source port: per-flow entropy; destination port 6081
//     GENEVE        8   RFC 8926: version 0, option length 8 words, VNI 0
//     options      32   class 0x0108: endpoint (type 1), attachment (2), flow cookie (3)
//
//      0                   1                   2                   3
//     |0 0|0 0 1 0 0 0|O C|  reserved |  protocol: 0x0800 or 0x86dd   |
//     |                 VNI 0                         |   reserved    |
//     | 01 08 | 01 | 02 |  endpoint id, 64 bits                       |
//     | 01 08 | 02 | 02 |  attachment id, 64 bits                     |
//     | 01 08 | 03 | 01 |  flow cookie, 32 bits  |
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace culvert::emulator {

/// Class of the GENEVE options that a Gateway Load Balancer writes.
constexpr std::uint16_t kAmazonClass = 0x0108;

inline constexpr std::size_t kGeneveBytes = 40;         ///< GENEVE with its options
inline constexpr std::size_t kEncapsulationBytes = 68;  ///< and the outer IPv4 and UDP headers
inline constexpr std::uint16_t kGenevePort = 6081;

/// Everything that the outer headers of a flow's packets say. An appliance returns all of it as it
/// was, but for the swapped addresses.
struct Envelope {
  std::uint32_t gwlb_address = 0;  ///< host order: the load balancer's address it is sent from
  std::uint16_t entropy_port = 0;
  std::uint32_t cookie = 0;
  std::uint64_t endpoint = 0;
  std::uint64_t attachment = 0;
  bool inner_is_v6 = false;

  friend bool operator==(const Envelope&, const Envelope&) = default;
};

using GeneveHeaderBytes = std::array<std::byte, kGeneveBytes>;
GeneveHeaderBytes encode_geneve(const Envelope& envelope);

enum class UdpChecksum { kNone, kFull };

/// Writes the 68 bytes for `inner` on its way to `target` (host order).
void write_encapsulation(std::span<std::byte, kEncapsulationBytes> out, const Envelope& envelope,
                         std::uint32_t target, Bytes inner, UdpChecksum udp_checksum);

/// "vpce-0123456789abcdef0", also the short form of 8 digits and the hexadecimal number alone.
std::optional<std::uint64_t> parse_endpoint_id(std::string_view text);
/// "vpce-" and 17 hexadecimal digits, as the console shows it.
std::string endpoint_id_text(std::uint64_t endpoint);

/// The Internet checksum's running sum (RFC 1071) of `bytes`, added to `sum`; an odd last byte is
/// padded. fold() it to get the field.
std::uint64_t add_to_sum(std::uint64_t sum, Bytes bytes);
std::uint16_t fold_checksum(std::uint64_t sum);

}  // namespace culvert::emulator
