#include "testing/packet_builder.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "net/address.h"
#include "net/checksum.h"
#include "testing/hex.h"

namespace culvert {
namespace {

// Bits of Layer::set.
constexpr std::uint16_t kTypeSet = 1, kLengthSet = 2, kChecksumSet = 4;

void put(std::vector<std::byte>& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = width; i-- > 0;) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}
void patch(std::vector<std::byte>& out, std::size_t at, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) {
    out[at + i] = static_cast<std::byte>(value >> (8 * (width - 1 - i)));
  }
}
void put_padded(std::vector<std::byte>& out, const std::vector<std::byte>& options) {
  out.insert(out.end(), options.begin(), options.end());
  while (out.size() % 4 != 0) out.push_back(std::byte{0});
}
void put_address(std::vector<std::byte>& out, std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address) {
    std::fprintf(stderr, "PacketBuilder: %.*s is no address\n", static_cast<int>(text.size()),
                 text.data());
    std::abort();
  }
  const Bytes bytes = address->bytes();
  out.insert(out.end(), bytes.begin(), bytes.end());
}
/// The field as it goes into the packet, most significant byte first.
std::uint16_t in_network_order(std::uint16_t machine) {
  std::byte bytes[2];
  std::memcpy(bytes, &machine, 2);
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[0]) << 8 |
                                    std::to_integer<unsigned>(bytes[1]));
}
std::uint16_t bit_if(bool set, std::uint16_t bit) { return set ? bit : std::uint16_t{0}; }

}  // namespace

PacketBuilder& PacketBuilder::add(Kind kind, std::vector<std::byte> bytes, std::uint16_t set) {
  layers_.push_back({kind, std::move(bytes), set});
  return *this;
}

PacketBuilder& PacketBuilder::ethernet(std::string_view source, std::string_view destination,
                                       std::optional<std::uint16_t> ether_type) {
  auto bytes = concat({hex(destination), hex(source)});
  put(bytes, ether_type.value_or(0), 2);
  return add(Kind::kEthernet, std::move(bytes), bit_if(ether_type.has_value(), kTypeSet));
}

PacketBuilder& PacketBuilder::vlan(std::uint16_t id, std::uint16_t tpid) {
  std::vector<std::byte> bytes;
  put(bytes, id, 2);
  put(bytes, 0, 2);
  add(Kind::kVlan, std::move(bytes));
  layers_.back().tpid = tpid;
  return *this;
}

PacketBuilder& PacketBuilder::mpls(std::uint32_t label) {
  std::vector<std::byte> bytes;
  put(bytes, label << 12 | 64, 4);
  return add(Kind::kMpls, std::move(bytes));
}

PacketBuilder& PacketBuilder::ipv4(std::string_view source, std::string_view destination,
                                   Ipv4Fields fields) {
  std::vector<std::byte> bytes;
  put(bytes, 0x45, 1);
  put(bytes, fields.tos, 1);
  put(bytes, fields.total_length.value_or(0), 2);
  put(bytes, fields.id, 2);
  const unsigned flags = (fields.dont_fragment ? 0x4000u : 0u) | (fields.more_fragments ? 0x2000u : 0u);
  put(bytes, flags | fields.fragment_offset / 8u, 2);
  put(bytes, fields.ttl, 1);
  put(bytes, fields.protocol.value_or(0), 1);
  put(bytes, fields.checksum.value_or(0), 2);
  put_address(bytes, source);
  put_address(bytes, destination);
  put_padded(bytes, fields.options);
  patch(bytes, 0, 0x40 | bytes.size() / 4, 1);
  return add(Kind::kIpv4, std::move(bytes),
             static_cast<std::uint16_t>(bit_if(fields.protocol.has_value(), kTypeSet) |
                                        bit_if(fields.total_length.has_value(), kLengthSet) |
                                        bit_if(fields.checksum.has_value(), kChecksumSet)));
}

PacketBuilder& PacketBuilder::ipv6(std::string_view source, std::string_view destination,
                                   Ipv6Fields fields) {
  std::vector<std::byte> bytes;
  put(bytes, 6u << 28 | std::uint32_t{fields.traffic_class} << 20 | fields.flow_label, 4);
  put(bytes, fields.payload_length.value_or(0), 2);
  put(bytes, fields.next_header.value_or(0), 1);
  put(bytes, fields.hop_limit, 1);
  put_address(bytes, source);
  put_address(bytes, destination);
  return add(Kind::kIpv6, std::move(bytes),
             static_cast<std::uint16_t>(bit_if(fields.next_header.has_value(), kTypeSet) |
                                        bit_if(fields.payload_length.has_value(), kLengthSet)));
}

PacketBuilder& PacketBuilder::ipv6_extension(std::uint8_t type, std::vector<std::byte> body) {
  std::vector<std::byte> bytes;
  put(bytes, 0, 1);
  put(bytes, (body.size() + 2) / 8 - 1, 1);
  bytes.insert(bytes.end(), body.begin(), body.end());
  add(Kind::kExtension, std::move(bytes));
  layers_.back().extension = type;
  return *this;
}

PacketBuilder& PacketBuilder::ipv6_fragment(std::uint32_t id, std::uint16_t offset, bool more,
                                            std::optional<std::uint8_t> next_header) {
  std::vector<std::byte> bytes;
  put(bytes, next_header.value_or(0), 1);
  put(bytes, 0, 1);
  put(bytes, (offset & 0xfff8u) | (more ? 1u : 0u), 2);
  put(bytes, id, 4);
  add(Kind::kFragment, std::move(bytes), bit_if(next_header.has_value(), kTypeSet));
  layers_.back().extension = 44;
  return *this;
}

PacketBuilder& PacketBuilder::tcp(std::uint16_t source, std::uint16_t destination,
                                  TcpFields fields) {
  std::vector<std::byte> bytes;
  put(bytes, source, 2);
  put(bytes, destination, 2);
  put(bytes, fields.seq, 4);
  put(bytes, fields.ack, 4);
  put(bytes, 0, 1);
  put(bytes, fields.flags, 1);
  put(bytes, fields.window, 2);
  put(bytes, fields.checksum.value_or(0), 2);
  put(bytes, fields.urgent, 2);
  put_padded(bytes, fields.options);
  patch(bytes, 12, bytes.size() / 4 << 4, 1);
  return add(Kind::kTcp, std::move(bytes), bit_if(fields.checksum.has_value(), kChecksumSet));
}

PacketBuilder& PacketBuilder::udp(std::uint16_t source, std::uint16_t destination,
                                  UdpFields fields) {
  std::vector<std::byte> bytes;
  put(bytes, source, 2);
  put(bytes, destination, 2);
  put(bytes, fields.length.value_or(0), 2);
  put(bytes, fields.checksum.value_or(0), 2);
  return add(Kind::kUdp, std::move(bytes),
             static_cast<std::uint16_t>(bit_if(fields.length.has_value(), kLengthSet) |
                                        bit_if(fields.checksum.has_value(), kChecksumSet)));
}

PacketBuilder& PacketBuilder::icmp4(std::uint8_t type, std::uint8_t code, std::uint32_t rest) {
  std::vector<std::byte> bytes;
  put(bytes, std::uint64_t{type} << 56 | std::uint64_t{code} << 48 | rest, 8);
  return add(Kind::kIcmp4, std::move(bytes));
}
PacketBuilder& PacketBuilder::icmp6(std::uint8_t type, std::uint8_t code, std::uint32_t rest) {
  std::vector<std::byte> bytes;
  put(bytes, std::uint64_t{type} << 56 | std::uint64_t{code} << 48 | rest, 8);
  return add(Kind::kIcmp6, std::move(bytes));
}

PacketBuilder& PacketBuilder::sctp(std::uint16_t source, std::uint16_t destination) {
  std::vector<std::byte> bytes;
  put(bytes, source, 2);
  put(bytes, destination, 2);
  put(bytes, 0, 8);  // verification tag and CRC32c, which nobody checks
  return add(Kind::kSctp, std::move(bytes));
}

PacketBuilder& PacketBuilder::gre(std::optional<std::uint16_t> protocol) {
  std::vector<std::byte> bytes;
  put(bytes, protocol.value_or(0), 4);
  return add(Kind::kGre, std::move(bytes), bit_if(protocol.has_value(), kTypeSet));
}

PacketBuilder& PacketBuilder::vxlan(std::uint32_t vni) {
  std::vector<std::byte> bytes;
  put(bytes, std::uint64_t{0x08} << 56 | std::uint64_t{vni} << 8, 8);
  return add(Kind::kVxlan, std::move(bytes));
}

PacketBuilder& PacketBuilder::geneve(std::uint32_t vni, std::vector<std::byte> options) {
  std::vector<std::byte> bytes;
  put(bytes, options.size() / 4, 1);
  put(bytes, 0, 3);
  put(bytes, std::uint64_t{vni} << 8, 4);
  bytes.insert(bytes.end(), options.begin(), options.end());
  return add(Kind::kGeneve, std::move(bytes));
}

PacketBuilder& PacketBuilder::raw(Bytes bytes) {
  return add(Kind::kRaw, {bytes.begin(), bytes.end()});
}

PacketBuilder& PacketBuilder::filler(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i);
  return add(Kind::kRaw, std::move(bytes));
}

std::optional<std::uint16_t> PacketBuilder::ether_type_of(const Layer* next) {
  if (next == nullptr) return std::nullopt;
  switch (next->kind) {
    case Kind::kEthernet: return std::uint16_t{0x6558};
    case Kind::kVlan: return next->tpid;
    case Kind::kMpls: return std::uint16_t{0x8847};
    case Kind::kIpv4: return std::uint16_t{0x0800};
    case Kind::kIpv6: return std::uint16_t{0x86dd};
    default: return std::nullopt;
  }
}

std::optional<std::uint8_t> PacketBuilder::protocol_of(const Layer* next, bool v6) {
  if (next == nullptr) return v6 ? std::uint8_t{59} : std::uint8_t{255};
  switch (next->kind) {
    case Kind::kIpv4: return std::uint8_t{4};
    case Kind::kIpv6: return std::uint8_t{41};
    case Kind::kExtension:
    case Kind::kFragment: return next->extension;
    case Kind::kTcp: return std::uint8_t{6};
    case Kind::kUdp: return std::uint8_t{17};
    case Kind::kIcmp4: return std::uint8_t{1};
    case Kind::kIcmp6: return std::uint8_t{58};
    case Kind::kSctp: return std::uint8_t{132};
    case Kind::kGre: return std::uint8_t{47};
    default: return std::uint8_t{255};
  }
}

std::vector<std::byte> PacketBuilder::build() const {
  std::vector<std::byte> rest;  // all that follows the layer at hand
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const Layer& layer = layers_[i];
    const Layer* next = i + 1 < layers_.size() ? &layers_[i + 1] : nullptr;
    std::vector<std::byte> head = layer.bytes;
    const bool set_type = (layer.set & kTypeSet) == 0, set_length = (layer.set & kLengthSet) == 0;
    const bool set_checksum = (layer.set & kChecksumSet) == 0;
    switch (layer.kind) {
      case Kind::kEthernet:
        if (set_type) patch(head, 12, ether_type_of(next).value_or(0x0800), 2);
        break;
      case Kind::kVlan:
        patch(head, 2, ether_type_of(next).value_or(0x0800), 2);
        break;
      case Kind::kMpls:
        if (next == nullptr || next->kind != Kind::kMpls) head[2] |= std::byte{1};
        break;
      case Kind::kIpv4:
        if (set_length) patch(head, 2, head.size() + rest.size(), 2);
        if (set_type) patch(head, 9, protocol_of(next, false).value_or(0), 1);
        if (set_checksum) {
          patch(head, 10, in_network_order(checksum_fold(checksum_add(0, head))), 2);
        }
        break;
      case Kind::kIpv6:
        if (set_length) patch(head, 4, rest.size(), 2);
        if (set_type) patch(head, 6, protocol_of(next, true).value_or(0), 1);
        break;
      case Kind::kExtension:
      case Kind::kFragment:
        if (set_type) patch(head, 0, protocol_of(next, true).value_or(0), 1);
        break;
      case Kind::kUdp:
        if (set_length) patch(head, 4, head.size() + rest.size(), 2);
        break;
      case Kind::kGre:
        if (set_type) patch(head, 2, ether_type_of(next).value_or(0), 2);
        break;
      case Kind::kGeneve:
        patch(head, 2, ether_type_of(next).value_or(0), 2);
        break;
      case Kind::kIcmp4:
        patch(head, 2, in_network_order(checksum_fold(checksum_add(checksum_add(0, head), rest))),
              2);
        break;
      case Kind::kTcp:
      case Kind::kIcmp6:
      case Kind::kSctp:
      case Kind::kVxlan:
      case Kind::kRaw:
        break;
    }
    // Checksums with a pseudo header need the addresses of the IP layer around.
    const bool has_pseudo = layer.kind == Kind::kTcp || layer.kind == Kind::kUdp ||
                            layer.kind == Kind::kIcmp6;
    if (has_pseudo && set_checksum) {
      for (std::size_t outer = i; outer-- > 0;) {
        const bool v4 = layers_[outer].kind == Kind::kIpv4;
        if (!v4 && layers_[outer].kind != Kind::kIpv6) continue;
        const Bytes ip = layers_[outer].bytes;
        const std::size_t at = v4 ? 12 : 8, size = v4 ? 4 : 16;
        const std::uint8_t protocol =
            layer.kind == Kind::kTcp ? 6 : layer.kind == Kind::kUdp ? 17 : 58;
        std::uint64_t sum = pseudo_header_sum(ip.subspan(at, size), ip.subspan(at + size, size),
                                              protocol, head.size() + rest.size());
        // The header's size is even, so the rest may follow it.
        sum = checksum_add(checksum_add(sum, head), rest);
        std::uint16_t checksum = in_network_order(checksum_fold(sum));
        if (checksum == 0 && layer.kind == Kind::kUdp) checksum = 0xffff;
        patch(head, layer.kind == Kind::kTcp ? 16 : layer.kind == Kind::kUdp ? 6 : 2, checksum, 2);
        break;
      }
    }
    head.insert(head.end(), rest.begin(), rest.end());
    rest = std::move(head);
  }
  return rest;
}

std::vector<std::byte> gwlb_options(std::uint64_t endpoint, std::uint64_t attachment,
                                    std::uint32_t cookie) {
  auto bytes = hex("0108 0102");
  put(bytes, endpoint, 8);
  put(bytes, 0x01080202, 4);
  put(bytes, attachment, 8);
  put(bytes, 0x01080301, 4);
  put(bytes, cookie, 4);
  return bytes;
}

}  // namespace culvert
