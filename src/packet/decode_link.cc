// Link layers.
#include "net/ethernet.h"
#include "net/ip.h"
#include "packet/decoder.h"

namespace culvert {

void Decoder::ethernet(Packet& packet, Bytes data, PacketStack& stack) {
  counters_.ethernet.add();
  if (!enter_layer(packet)) return;
  const auto header = EthernetHeader::parse(data);
  if (!header) return add_invalid(packet, PacketEvent::kEthernetPktTooSmall);
  packet.ethernet = header->bytes;
  packet.ether_type = header->type();
  if (packet.ether_type == ether_type::kIpv4) {  // what most are
    return ipv4(packet, data.subspan(EthernetHeader::kSize), stack);
  }
  network(packet, packet.ether_type, data.subspan(EthernetHeader::kSize), stack);
}

/// Linux cooked capture (LINKTYPE_LINUX_SLL): packet type, ARPHRD type, address length, 8 bytes of
/// address, EtherType.
void Decoder::cooked(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kSize = 16;
  counters_.sll.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kSllPktTooSmall);
  if (!enter_layer(packet)) return;
  packet.ether_type = load_u16(data, 14);
  network(packet, packet.ether_type, data.subspan(kSize), stack);
}

/// LINKTYPE_LINUX_SLL2: EtherType, reserved, interface index, ARPHRD type, packet type, address.
void Decoder::cooked2(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kSize = 20;
  counters_.sll2.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kSll2PktTooSmall);
  if (!enter_layer(packet)) return;
  packet.ether_type = load_u16(data, 0);
  network(packet, packet.ether_type, data.subspan(kSize), stack);
}

/// 4 bytes of address family. Its byte order is the capturing machine's (null) or the network's
/// (loop), so both are taken; families are small numbers. AF_INET is 2 everywhere, AF_INET6 differs.
void Decoder::null_link(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kSize = 4;
  constexpr std::uint32_t kInet = 2, kLinuxInet6 = 10, kWindowsInet6 = 23, kNetbsdInet6 = 24,
                          kOpenbsdInet6 = 26, kFreebsdInet6 = 28, kDarwinInet6 = 30;
  counters_.null.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kLtnullPktTooSmall);
  if (!enter_layer(packet)) return;
  std::uint32_t family = load_u32(data, 0);
  if (family > 0xffff) family = __builtin_bswap32(family);
  const Bytes inner = data.subspan(kSize);
  switch (family) {
    case kInet:
      packet.ether_type = ether_type::kIpv4;
      return ipv4(packet, inner, stack);
    case kLinuxInet6:
    case kWindowsInet6:
    case kNetbsdInet6:
    case kOpenbsdInet6:
    case kFreebsdInet6:
    case kDarwinInet6:
      packet.ether_type = ether_type::kIpv6;
      return ipv6(packet, inner, stack);
    default:
      return note(packet, PacketEvent::kLtnullUnsupportedType);
  }
}

/// LINKTYPE_NFLOG: family, version, resource id, then TLVs of the machine's order, of which 9 is the
/// packet. Each is padded to 4 bytes.
void Decoder::nflog(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kHeader = 4, kTlvHeader = 4;
  constexpr std::uint16_t kPayload = 9;
  counters_.nflog.add();
  if (!enter_layer(packet)) return;
  if (data.size() < kHeader) return add_invalid(packet, PacketEvent::kIprawInvalidIpVersion);
  const bool v6 = load_u8(data, 0) == 10;
  for (data = data.subspan(kHeader); data.size() >= kTlvHeader;) {
    const std::size_t length = __builtin_bswap16(load_u16(data, 0));
    const std::uint16_t type = __builtin_bswap16(load_u16(data, 2)) & 0x7fff;
    if (length < kTlvHeader || length > data.size()) break;
    if (type == kPayload) {
      const Bytes inner = data.subspan(kTlvHeader, length - kTlvHeader);
      packet.ether_type = v6 ? ether_type::kIpv6 : ether_type::kIpv4;
      return v6 ? ipv6(packet, inner, stack) : ipv4(packet, inner, stack);
    }
    const std::size_t step = (length + 3) & ~std::size_t{3};
    data = data.subspan(step < data.size() ? step : data.size());
  }
  add_invalid(packet, PacketEvent::kIprawInvalidIpVersion);
}

/// Cisco HDLC (RFC 1547 section 4.3): address, control, EtherType.
void Decoder::chdlc(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::size_t kSize = 4;
  counters_.chdlc.add();
  if (data.size() < kSize) return add_invalid(packet, PacketEvent::kChdlcPktTooSmall);
  if (!enter_layer(packet)) return;
  packet.ether_type = load_u16(data, 2);
  network(packet, packet.ether_type, data.subspan(kSize), stack);
}

void Decoder::raw_ip(Packet& packet, Bytes data, PacketStack& stack) {
  if (data.size() < Ipv4Header::kMinSize) {
    return add_invalid(packet, PacketEvent::kIpv4PktTooSmall);
  }
  const unsigned version = load_u8(data, 0) >> 4;
  if (version == 4) {
    packet.ether_type = ether_type::kIpv4;
    ipv4(packet, data, stack);
  } else if (version == 6) {
    packet.ether_type = ether_type::kIpv6;
    ipv6(packet, data, stack);
  } else {
    note(packet, PacketEvent::kIprawInvalidIpVersion);
  }
}

/// PPP in HDLC-like framing (RFC 1662 section 3.1): address ff and control, which may be left out, then
/// the protocol of one byte (odd) or two.
void Decoder::ppp(Packet& packet, Bytes data, PacketStack& stack) {
  constexpr std::uint8_t kAddress = 0xff;
  counters_.ppp.add();
  if (!enter_layer(packet)) return;
  if (data.size() < 2) return add_invalid(packet, PacketEvent::kPppPktTooSmall);
  if (load_u8(data, 0) == kAddress) {
    data = data.subspan(2);
    if (data.size() < 2) return add_invalid(packet, PacketEvent::kPppPktTooSmall);
  }
  const std::uint8_t first = load_u8(data, 0);
  if ((first & 1) == 0) return ppp_protocol(packet, load_u16(data, 0), data.subspan(2), stack);
  if (!is_known_ppp_protocol(first)) return note(packet, PacketEvent::kPppUnsupProto);
  ppp_protocol(packet, first, data.subspan(1), stack);
}

/// One-byte protocols (IANA "PPP Numbers", with the upper byte 00 left out).
bool Decoder::is_known_ppp_protocol(std::uint8_t first) {
  switch (first) {
    case 0x21: case 0x23: case 0x25: case 0x27: case 0x29: case 0x2b: case 0x2d: case 0x2f:
    case 0x31: case 0x33: case 0x35: case 0x57: case 0xfd:
      return true;
    default:
      return false;
  }
}

void Decoder::ppp_protocol(Packet& packet, std::uint16_t protocol, Bytes data,
                           PacketStack& stack) {
  constexpr std::uint16_t kIpv4 = 0x0021, kVjUncompressed = 0x002f, kIpv6 = 0x0057;
  switch (protocol) {
    case kVjUncompressed:
      // Van Jacobson uncompressed (RFC 1144): an IPv4 packet, with the connection in its protocol.
      if (data.size() < Ipv4Header::kMinSize) {
        return add_invalid(packet, PacketEvent::kPppVjuPktTooSmall);
      }
      if (load_u8(data, 0) >> 4 != 4) return;
      packet.ether_type = ether_type::kIpv4;
      return ipv4(packet, data, stack);
    case kIpv4:
      if (data.size() < Ipv4Header::kMinSize) {
        return add_invalid(packet, PacketEvent::kPppIp4PktTooSmall);
      }
      packet.ether_type = ether_type::kIpv4;
      return ipv4(packet, data, stack);
    case kIpv6:
      if (data.size() < Ipv6Header::kSize) {
        return add_invalid(packet, PacketEvent::kPppIp6PktTooSmall);
      }
      packet.ether_type = ether_type::kIpv6;
      return ipv6(packet, data, stack);
    // Compressed and other network protocols: known, not decoded.
    case 0x0023: case 0x0025: case 0x0027: case 0x0029: case 0x002b: case 0x002d: case 0x0031:
    case 0x0033: case 0x0035: case 0x0201: case 0x0231: case 0x0233: case 0x0281: case 0x0283:
    case 0x8023: case 0x8025: case 0x8027: case 0x8029: case 0x802b: case 0x8033: case 0x8035:
    case 0x8281:
      return note(packet, PacketEvent::kPppUnsupProto);
    // Control protocols, and compression: nothing in them to inspect.
    case 0x00fd: case 0x8021: case 0x8057: case 0x80fd: case 0x8207: case 0xc021: case 0xc023:
    case 0xc025: case 0xc029: case 0xc223:
      return;
    default:
      return add_invalid(packet, PacketEvent::kPppWrongType);
  }
}

}  // namespace culvert
