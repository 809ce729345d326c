// GRE, ERSPAN, VXLAN, GENEVE, Teredo: each gives another packet.
#include "net/ethernet.h"
#include "net/geneve.h"
#include "net/ip.h"
#include "packet/decoder.h"

namespace culvert {
namespace {

// GRE's flags, RFC 2784, RFC 2890 and (routing, recursion) RFC 1701; version 1 is RFC 2637.
constexpr std::uint8_t kChecksum = 0x80, kRouting = 0x40, kKey = 0x20, kSequence = 0x10,
                       kStrictRoute = 0x08, kRecursion = 0x07;
constexpr std::uint8_t kVersion = 0x07, kReservedFlags = 0x78, kAcknowledgment = 0x80;

}  // namespace

void Decoder::gre(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kSize = 4, kOptional = 4;
  counters_.gre.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kGrePktTooSmall);
  if (!enter_layer(packet)) return;
  const std::uint8_t flags = load_u8(data, 0), version = load_u8(data, 1);
  const std::uint16_t protocol = load_u16(data, 2);
  packet.layer4 = Layer4::kGre;
  packet.l4_header = data.first(kSize);
  packet.payload = data.subspan(kSize);

  std::size_t size = kSize;
  switch (version & kVersion) {
    case 0: {
      if ((flags & kRecursion) != 0) return add_invalid(packet, PacketEvent::kGreVersion0Recur);
      if ((version & kReservedFlags) != 0) {
        return add_invalid(packet, PacketEvent::kGreVersion0Flags);
      }
      if ((flags & (kChecksum | kRouting)) != 0) size += kOptional;  // and offset
      if ((flags & kKey) != 0) size += kOptional;
      if ((flags & kSequence) != 0) size += kOptional;
      if (size > data.size()) return add_invalid(packet, PacketEvent::kGreVersion0HdrTooBig);
      if ((flags & kRouting) != 0) {
        // Source route entries: family, offset, length, data; one of family and length 0 is the last.
        constexpr std::size_t kEntry = 4;
        for (bool last = false; !last;) {
          if (data.size() - size < kEntry) {
            return add_invalid(packet, PacketEvent::kGreVersion0MalformedSreHdr);
          }
          const std::uint16_t family = load_u16(data, size);
          const std::size_t length = load_u8(data, size + 3);
          size += kEntry;
          last = family == 0 && length == 0;
          if (length > data.size() - size) {
            return add_invalid(packet, PacketEvent::kGreVersion0MalformedSreHdr);
          }
          size += length;
        }
      }
      break;
    }
    case 1: {
      if ((flags & kChecksum) != 0) return add_invalid(packet, PacketEvent::kGreVersion1Chksum);
      if ((flags & kRouting) != 0) return add_invalid(packet, PacketEvent::kGreVersion1Route);
      if ((flags & kStrictRoute) != 0) return add_invalid(packet, PacketEvent::kGreVersion1Ssr);
      if ((flags & kRecursion) != 0) return add_invalid(packet, PacketEvent::kGreVersion1Recur);
      if ((version & kReservedFlags) != 0) {
        return add_invalid(packet, PacketEvent::kGreVersion1Flags);
      }
      if (protocol != ether_type::kPpp) {
        return add_invalid(packet, PacketEvent::kGreVersion1WrongProtocol);
      }
      if ((flags & kKey) == 0) return add_invalid(packet, PacketEvent::kGreVersion1NoKey);
      size += kOptional;
      if ((flags & kSequence) != 0) size += kOptional;
      if ((version & kAcknowledgment) != 0) size += kOptional;
      if (size > data.size()) return add_invalid(packet, PacketEvent::kGreVersion1HdrTooBig);
      if (load_u16(data, kSize) == 0) return;  // an acknowledgment alone: no payload
      break;
    }
    default:
      return add_invalid(packet, PacketEvent::kGreWrongVersion);
  }
  packet.l4_header = data.first(size);
  packet.payload = data.subspan(size);

  switch (protocol) {
    case ether_type::kIpv4:
      tunnel(packet, packet.payload, Inner::kIpv4, TunnelKind::kGre, stack);
      return;
    case ether_type::kIpv6:
      tunnel(packet, packet.payload, Inner::kIpv6, TunnelKind::kGre, stack);
      return;
    case ether_type::kPpp:
      tunnel(packet, packet.payload, Inner::kPpp, TunnelKind::kGre, stack);
      return;
    case ether_type::kVlan:
      tunnel(packet, packet.payload, Inner::kVlan, TunnelKind::kGre, stack);
      return;
    case ether_type::kErspan:
      // Type I has no sequence number in GRE and no header of its own.
      tunnel(packet, packet.payload, (flags & kSequence) != 0 ? Inner::kErspan2 : Inner::kErspan1,
             TunnelKind::kErspan, stack);
      return;
    case ether_type::kTransparentBridging:
      tunnel(packet, packet.payload, Inner::kEthernet, TunnelKind::kGre, stack);
      return;
    case ether_type::kArp:
      tunnel(packet, packet.payload, Inner::kArp, TunnelKind::kGre, stack);
      return;
    default:
      return;
  }
}

/// ERSPAN type II (draft-foschiano-erspan-03 section 4.2): version and VLAN, class and session, index.
void Decoder::erspan(Packet& packet, Bytes data, bool has_header, PacketStack& stack) {
  constexpr std::size_t kSize = 8;
  counters_.erspan.add();
  if (!enter_layer(packet)) return;
  if (!has_header) return ethernet(packet, data, stack);
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kErspanHeaderTooSmall);
  const std::uint16_t first = load_u16(data, 0);
  if (first >> 12 != 1) return add_invalid(packet, PacketEvent::kErspanUnsupportedVersion);
  const std::uint16_t vlan_id = first & 0x0fff;
  if (vlan_id != 0) {
    if (packet.vlan_count == packet.vlan.size()) {
      return add_invalid(packet, PacketEvent::kErspanTooManyVlanLayers);
    }
    packet.vlan[packet.vlan_count++] = vlan_id;
  }
  ethernet(packet, data.subspan(kSize), stack);
}

/// RFC 7348 section 5: flags (08), reserved, VNI, reserved; then a frame.
bool Decoder::vxlan(Packet& packet, PacketStack& stack) {
  constexpr std::size_t kSize = 8;
  constexpr std::uint8_t kHasVni = 0x08;
  const Bytes data = packet.payload;
  if (data.size() < kSize + EthernetHeader::kSize) return false;
  if ((load_u8(data, 0) & kHasVni) == 0 || load_u8(data, 7) != 0) return false;
  if (!enter_layer(packet)) return true;
  counters_.vxlan.add();
  const Bytes frame = data.subspan(kSize);
  Inner what = Inner::kVlan;
  switch (load_u16(frame, 12)) {
    case ether_type::kArp:
      return true;  // nothing to inspect
    case ether_type::kIpv4:
      what = Inner::kIpv4;
      break;
    case ether_type::kIpv6:
      what = Inner::kIpv6;
      break;
    case ether_type::kVlan:
    case ether_type::kServiceVlan:
      break;
    default:
      add_invalid(packet, PacketEvent::kVxlanUnknownPayloadType);
      return false;
  }
  Packet* inner =
      tunnel(packet, frame.subspan(EthernetHeader::kSize), what, TunnelKind::kVxlan, stack);
  if (inner != nullptr) {
    inner->tunnel_vni = load_u24(data, 4);
    if (inner->ether_type == 0) inner->ether_type = load_u16(frame, 12);
  }
  return true;
}

bool Decoder::geneve(Packet& packet, PacketStack& stack) {
  constexpr std::size_t kOptionHeader = 4;
  const auto header = GeneveHeader::parse(packet.payload);
  if (!header || (load_u8(packet.payload, 1) & 0x3f) != 0 || load_u8(packet.payload, 7) != 0) {
    return false;
  }
  for (Bytes options = header->options; !options.empty();) {
    const std::size_t size =
        options.size() < kOptionHeader ? 0 : kOptionHeader + (load_u8(options, 3) & 0x1f) * std::size_t{4};
    if (size == 0 || size > options.size()) return false;
    options = options.subspan(size);
  }
  if (!enter_layer(packet)) return true;
  counters_.geneve.add();
  Inner what = Inner::kEthernet;
  switch (header->protocol) {
    case ether_type::kTransparentBridging:
      break;
    case ether_type::kIpv4:
      what = Inner::kIpv4;
      break;
    case ether_type::kIpv6:
      what = Inner::kIpv6;
      break;
    case ether_type::kArp:
      return true;  // nothing to inspect
    default:
      add_invalid(packet, PacketEvent::kGeneveUnknownPayloadType);
      return false;
  }
  Packet* inner = tunnel(packet, header->inner, what, TunnelKind::kGeneve, stack);
  if (inner != nullptr) inner->tunnel_vni = header->vni;
  return true;
}

/// RFC 4380 section 5.1.1: IPv6 in UDP, after an indication of its origin (0000). What has one of
/// authentication (0001) carries no traffic. Any UDP payload may look like it by chance: lengths have
/// to agree, and what is inside has to make sense; if not, it leaves no trace.
bool Decoder::teredo(Packet& packet, PacketStack& stack) {
  constexpr std::size_t kOrigin = 8;
  if (!options_.teredo || packet.layer3 != Layer3::kIpv4) return false;
  if (!options_.teredo_ports.empty() && !options_.teredo_ports.has(packet.source_port) &&
      !options_.teredo_ports.has(packet.destination_port)) {
    return false;
  }
  const Bytes payload = packet.payload;
  Bytes data = payload;
  if (data.size() < Ipv6Header::kSize) return false;
  if (load_u16(data, 0) == 0x0000) data = data.subspan(kOrigin);
  Ipv6Header header;
  if (Ipv6Header::parse(data, header) != Ipv6Header::Fault::kNone) return false;
  if (header.payload_length() + Ipv6Header::kSize != data.size()) return false;
  if (header.hop_limit() == 0) return false;
  const std::size_t at = stack.size();
  Packet* inner = tunnel(packet, data, Inner::kIpv6, TunnelKind::kTeredo, stack);
  if (inner == nullptr) return false;
  if (inner->invalid) {
    while (stack.size() > at) stack.pop();
    packet.payload = payload;
    return false;
  }
  counters_.teredo.add();
  return true;
}

}  // namespace culvert
