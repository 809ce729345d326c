// What stands between the link and the network layer and is taken off in place: VLAN, 802.1ah, VN-Tag,
// E-Tag, MPLS, PPPoE, NSH; and ARP.
#include "base/byte_cursor.h"
#include "net/ethernet.h"
#include "net/ip.h"
#include "packet/decoder.h"

namespace culvert {

bool Decoder::network(Packet& packet, std::uint16_t type, Bytes data, PacketStack& stack) {
  switch (type) {
    case ether_type::kIpv4:
      ipv4(packet, data, stack);
      return true;
    case ether_type::kIpv6:
      ipv6(packet, data, stack);
      return true;
    case ether_type::kVlan:
    case ether_type::kServiceVlan:
    case ether_type::kVlanOld:
      vlan(packet, data, stack);
      return true;
    case ether_type::kArp:
      arp(packet, data);
      return true;
    case ether_type::kMpls:
    case ether_type::kMplsMulticast:
      mpls(packet, data, stack);
      return true;
    case ether_type::kPppoeSession:
      pppoe_session(packet, data, stack);
      return true;
    case ether_type::kPppoeDiscovery:
      pppoe_discovery(packet, data);
      return true;
    case ether_type::kDce:
      // Cisco data center Ethernet: 2 bytes, then a whole frame.
      if (data.size() < 2 + EthernetHeader::kSize) {
        add_invalid(packet, PacketEvent::kDcePktTooSmall);
      } else {
        ethernet(packet, data.subspan(2), stack);
      }
      return true;
    case ether_type::kProviderBackbone:
      provider_backbone(packet, data, stack);
      return true;
    case ether_type::kVntag:
      vntag(packet, data, stack);
      return true;
    case ether_type::kEtag:
      etag(packet, data, stack);
      return true;
    case ether_type::kNsh:
      nsh(packet, data, stack);
      return true;
    default:
      counters_.unknown_ethertype.add();
      note(packet, PacketEvent::kEthernetUnknownEthertype);
      return false;
  }
}

void Decoder::vlan(Packet& packet, Bytes data, PacketStack& stack) {
  if (packet.vlan_count == packet.vlan.size()) {
    return note(packet, PacketEvent::kVlanTooManyLayers);
  }
  (packet.vlan_count == 0   ? counters_.vlan
   : packet.vlan_count == 1 ? counters_.vlan_qinq
                            : counters_.vlan_qinqinq)
      .add();
  const auto tag = VlanTag::parse(data);
  if (!tag) return add_invalid(packet, PacketEvent::kVlanHeaderTooSmall);
  if (!enter_layer(packet)) return;
  packet.vlan[packet.vlan_count++] = tag->id;
  packet.ether_type = tag->type;
  if (!network(packet, tag->type, data.subspan(VlanTag::kSize), stack)) {
    add_invalid(packet, PacketEvent::kVlanUnknownType);
  }
}

/// IEEE 802.1ah I-tag: flags and service id (4 bytes), customer addresses, EtherType.
void Decoder::provider_backbone(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kSize = 18;
  counters_.ieee8021ah.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kIeee8021ahHeaderTooSmall);
  if (!enter_layer(packet)) return;
  packet.ether_type = load_u16(data, 16);
  network(packet, packet.ether_type, data.subspan(kSize), stack);
}

/// VN-Tag of Cisco: direction, interfaces (4 bytes), EtherType.
void Decoder::vntag(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kSize = 6;
  counters_.vntag.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kVntagHeaderTooSmall);
  if (!enter_layer(packet)) return;
  packet.ether_type = load_u16(data, 4);
  if (!network(packet, packet.ether_type, data.subspan(kSize), stack)) {
    add_invalid(packet, PacketEvent::kVntagUnknownType);
  }
}

/// IEEE 802.1BR E-Tag: priority and channel ids (6 bytes), EtherType.
void Decoder::etag(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kSize = 8;
  counters_.etag.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kEthernetPktTooSmall);
  if (!enter_layer(packet)) return;
  packet.ether_type = load_u16(data, 6);
  network(packet, packet.ether_type, data.subspan(kSize), stack);
}

/// A label says nothing about what comes below it: by convention the first nibble does, where no
/// explicit null label (0 for IPv4, 2 for IPv6, RFC 3032 section 2.1) has the last word.
void Decoder::mpls(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::uint32_t kIpv4Null = 0, kRouterAlert = 1, kIpv6Null = 2, kImplicitNull = 3,
                          kLastReserved = 14;
  constexpr std::size_t kControlWord = 4;
  counters_.mpls.add();
  if (!enter_layer(packet)) return;
  std::uint32_t label = 0;
  for (bool bottom = false; !bottom; data = data.subspan(MplsEntry::kSize)) {
    const auto entry = MplsEntry::parse(data);
    if (!entry) return add_invalid(packet, PacketEvent::kMplsHeaderTooSmall);
    label = entry->label;
    bottom = entry->is_bottom;
  }
  if (label == kIpv4Null) return ipv4(packet, data, stack);
  // Not allowed at the bottom.
  if (label == kRouterAlert) return note(packet, PacketEvent::kMplsBadLabelRouterAlert);
  if (label == kIpv6Null) return ipv6(packet, data, stack);
  if (label == kImplicitNull) {
    return note(packet, PacketEvent::kMplsBadLabelImplicitNull);
  }
  if (label <= kLastReserved) return note(packet, PacketEvent::kMplsBadLabelReserved);
  if (data.size() < kControlWord) return add_invalid(packet, PacketEvent::kMplsPktTooSmall);
  switch (load_u8(data, 0) >> 4) {
    case 4:
      return ipv4(packet, data, stack);
    case 6:
      return ipv6(packet, data, stack);
    case 0:  // a pseudo wire's control word (RFC 4385 section 3), then a frame
      return ethernet(packet, data.subspan(kControlWord), stack);
    default:
      return add_invalid(packet, PacketEvent::kMplsUnknownPayloadType);
  }
}

/// RFC 2516 section 4: version and type (11), code, session id, length; then PPP from its protocol.
void Decoder::pppoe_session(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kSize = 6, kProtocolSize = 2;
  counters_.pppoe.add();
  if (data.size() < kSize + kProtocolSize) {
    return add_invalid(packet, PacketEvent::kPppoePktTooSmall);
  }
  if (load_u16(data, 4) == 0) return;
  // Only known protocols are taken to be compressed to one byte.
  const std::uint8_t first = load_u8(data, kSize);
  const bool is_short = is_known_ppp_protocol(first);
  const std::uint16_t protocol = is_short ? first : load_u16(data, kSize);
  ppp_protocol(packet, protocol, data.subspan(kSize + (is_short ? 1 : kProtocolSize)), stack);
}

/// RFC 2516 section 5: the header of a session, its code one of five, then tags.
void Decoder::pppoe_discovery(Packet& packet, Bytes data) {
  constexpr std::size_t kSize = 6;
  constexpr std::uint8_t kInitiation = 0x09, kOffer = 0x07, kRequest = 0x19, kConfirmation = 0x65,
                         kTermination = 0xa7;
  counters_.pppoe.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kPppoePktTooSmall);
  switch (load_u8(data, 1)) {
    case kInitiation:
    case kOffer:
    case kRequest:
    case kConfirmation:
    case kTermination:
      break;
    default:
      return add_invalid(packet, PacketEvent::kPppoeWrongCode);
  }
  if (load_u16(data, 4) > data.size() - kSize) {
    return add_invalid(packet, PacketEvent::kPppoeMalformedTags);
  }
}

/// Network service header, RFC 8300 section 2.2: version, flags, TTL and length; MD type; next
/// protocol; service path.
void Decoder::nsh(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kMinSize = 8;
  counters_.nsh.add();
  if (data.size() < kMinSize) return add_invalid(packet, PacketEvent::kNshHeaderTooSmall);
  if (!enter_layer(packet)) return;
  const std::uint16_t first = load_u16(data, 0);
  const std::size_t length = (first & 0x3f) * std::size_t{4};
  const std::uint8_t md_type = load_u8(data, 2);
  const std::uint8_t next = load_u8(data, 3);
  if (first >> 14 != 0) return note(packet, PacketEvent::kNshUnsupportedVersion);
  if (length < kMinSize || length >= data.size()) {
    return add_invalid(packet, PacketEvent::kNshBadHeaderLength);
  }
  if (md_type == 0 || md_type == 15) {
    return note(packet, PacketEvent::kNshReservedType);
  }
  constexpr std::size_t kFixedSize = 24;
  if (md_type == 1 && length != kFixedSize) {
    return add_invalid(packet, PacketEvent::kNshBadHeaderLength);
  }
  if (md_type != 1 && md_type != 2) return note(packet, PacketEvent::kNshUnsupportedType);
  const Bytes inner = data.subspan(length);
  switch (next) {
    case 1:
      return ipv4(packet, inner, stack);
    case 2:
      return ipv6(packet, inner, stack);
    case 3:
      return ethernet(packet, inner, stack);
    case 5:
      return mpls(packet, inner, stack);
    default:
      return note(packet, PacketEvent::kNshUnknownPayload);
  }
}

/// RFC 826, for IPv4 over Ethernet: 28 bytes.
void Decoder::arp(Packet& packet, Bytes data) {
  constexpr std::size_t kHeader = 8, kSize = 28;
  counters_.arp.add();
  if (data.size() < kHeader) return add_invalid(packet, PacketEvent::kArpPktTooSmall);
  if (load_u16(data, 0) != 1) {
    return add_invalid(packet, PacketEvent::kArpUnsupportedHardware);
  }
  if (load_u16(data, 2) != ether_type::kIpv4) {
    return add_invalid(packet, PacketEvent::kArpUnsupportedProtocol);
  }
  if (load_u8(data, 4) != 6) return add_invalid(packet, PacketEvent::kArpInvalidHardwareSize);
  if (load_u8(data, 5) != 4) return add_invalid(packet, PacketEvent::kArpInvalidProtocolSize);
  const std::uint16_t operation = load_u16(data, 6);
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kArpPktTooSmall);
  if (operation == 0 || operation > 4) {
    return add_invalid(packet, PacketEvent::kArpUnsupportedOpcode);
  }
  packet.layer3 = Layer3::kArp;
  packet.payload = data.first(kSize);
}

}  // namespace culvert
