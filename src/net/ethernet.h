// Ethernet II and the tags between its addresses and the network layer.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/fields.h"

namespace culvert {

/// EtherTypes (IANA "IEEE 802 Numbers").
namespace ether_type {
constexpr std::uint16_t kIpv4 = 0x0800, kArp = 0x0806, kTransparentBridging = 0x6558,
                        kVlan = 0x8100, kVlanOld = 0x9100, kServiceVlan = 0x88a8, kIpv6 = 0x86dd,
                        kPppoeDiscovery = 0x8863, kPppoeSession = 0x8864, kMpls = 0x8847,
                        kMplsMulticast = 0x8848, kPpp = 0x880b, kErspan = 0x88be,
                        kErspan3 = 0x22eb, kProviderBackbone = 0x88e7, kDce = 0x8903,
                        kVntag = 0x8926, kEtag = 0x893f, kNsh = 0x894f;
}

/// 14 bytes: destination, source, EtherType.
struct EthernetHeader {
  static constexpr std::size_t kSize = 14;
  Bytes bytes;

  static std::optional<EthernetHeader> parse(Bytes frame) {
    if (frame.size() < kSize) return std::nullopt;
    return EthernetHeader{frame.first(kSize)};
  }
  Bytes destination() const { return bytes.first(6); }
  Bytes source() const { return bytes.subspan(6, 6); }
  std::uint16_t type() const { return load_u16(bytes, 12); }
};

/// IEEE 802.1Q tag without its TPID: PCP (3 bits), DEI (1), VLAN id (12), then the next EtherType.
struct VlanTag {
  static constexpr std::size_t kSize = 4;
  std::uint16_t id = 0;  ///< 12 bits
  std::uint8_t priority = 0;
  std::uint16_t type = 0;

  static std::optional<VlanTag> parse(Bytes data) {
    if (data.size() < kSize) return std::nullopt;
    const std::uint16_t tci = load_u16(data, 0);
    return VlanTag{static_cast<std::uint16_t>(tci & 0x0fff), static_cast<std::uint8_t>(tci >> 13),
                   load_u16(data, 2)};
  }
};

/// One entry of an MPLS label stack (RFC 3032 section 2.1): label (20 bits), class (3), bottom of
/// stack (1), TTL (8).
struct MplsEntry {
  static constexpr std::size_t kSize = 4;
  std::uint32_t label = 0;
  bool is_bottom = false;

  static std::optional<MplsEntry> parse(Bytes data) {
    if (data.size() < kSize) return std::nullopt;
    const std::uint32_t word = load_u32(data, 0);
    return MplsEntry{word >> 12, (word & 0x100) != 0};
  }
};

}  // namespace culvert
