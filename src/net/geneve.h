// GENEVE, RFC 8926 section 3.4, and the options of an AWS Gateway Load Balancer.
// ```
//  |Ver|  Opt Len  |O|C|    Rsvd.  |          Protocol Type        |
//  |        Virtual Network Identifier (VNI)       |    Reserved   |
//  |                    Variable-Length Options                    |
// ```
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/fields.h"

namespace culvert {

/// Views the UDP payload it came from; must not outlive it.
struct GeneveHeader {
  static constexpr std::size_t kFixedSize = 8;
  std::uint16_t protocol = 0;  ///< EtherType of `inner`
  std::uint32_t vni = 0;       ///< 24 bits
  bool is_control = false;     ///< O: `inner` is a control message, not traffic
  bool has_critical = false;   ///< C: some option has to be understood
  Bytes options;               ///< 0..252 bytes, not yet checked
  Bytes inner;

  enum class Fault : std::uint8_t { kNone, kTooSmall, kVersion, kOptionsLength };
  static Fault parse(Bytes udp_payload, GeneveHeader& header) {
    if (udp_payload.size() < kFixedSize) return Fault::kTooSmall;
    const std::uint8_t first = load_u8(udp_payload, 0);
    if (first >> 6 != 0) return Fault::kVersion;
    const std::size_t options_size = (first & 0x3f) * std::size_t{4};
    if (options_size > udp_payload.size() - kFixedSize) return Fault::kOptionsLength;
    const std::uint8_t flags = load_u8(udp_payload, 1);
    header.is_control = (flags & 0x80) != 0;
    header.has_critical = (flags & 0x40) != 0;
    header.protocol = load_u16(udp_payload, 2);
    header.vni = load_u24(udp_payload, 4);
    header.options = udp_payload.subspan(kFixedSize, options_size);
    header.inner = udp_payload.subspan(kFixedSize + options_size);
    return Fault::kNone;
  }
  /// Nothing when the version is not 0 or the payload is shorter than the header it announces.
  static std::optional<GeneveHeader> parse(Bytes udp_payload) {
    GeneveHeader header;
    if (parse(udp_payload, header) != Fault::kNone) return std::nullopt;
    return header;
  }
};

/// What a Gateway Load Balancer says about a packet: option class 0x0108. All three are there in each
/// of its packets; their order is not relied on, and options that nobody knows are no fault.
struct GwlbMetadata {
  std::uint64_t endpoint = 0;    ///< GWLBE ENI id: the endpoint's id, `vpce-%017x`; the tenant
  std::uint64_t attachment = 0;  ///< opaque
  std::uint32_t cookie = 0;      ///< the load balancer's handle of the flow, opaque

  enum class Fault : std::uint8_t {
    kNone,
    kTooLong,  ///< an option runs past the end
    kMissing,  ///< not all three, or of another size: from somebody else
  };
  static Fault parse(Bytes options, GwlbMetadata& found);
};

}  // namespace culvert
