// The way in, and what all layers share: counting, resetting, inner packets.
#include <algorithm>

#include "net/ethernet.h"
#include "packet/decoder.h"

namespace culvert {
namespace {

/// All but what the source set.
void reset(Packet& packet) {
  packet.source = packet.destination = IpAddress();
  packet.source_port = packet.destination_port = 0;
  packet.layer3 = Layer3::kNone;
  packet.layer4 = Layer4::kNone;
  packet.ip_proto = packet.icmp_type = packet.icmp_code = 0;
  packet.is_fragment = packet.truncated = packet.invalid = false;
  packet.bad_ip_checksum = packet.bad_l4_checksum = false;
  packet.vlan_count = 0;
  packet.vlan = {};
  packet.recursion_level = 0;
  packet.tunnel = TunnelKind::kNone;
  packet.tunnel_vni = 0;
  packet.ether_type = 0;
  packet.ethernet = packet.ip_header = packet.ip_payload = packet.l4_header = packet.payload = {};
  packet.events.clear();
  packet.root = nullptr;
  packet.flow = nullptr;
  packet.direction = Direction::kToServer;
  packet.established = packet.stream_inspected = false;
  packet.no_inspection = packet.no_payload_inspection = packet.no_flow = false;
  packet.verdict = {};
  packet.modified = false;
}

}  // namespace

void Decoder::decode(Packet& root, PacketStack& stack) {
  reset(root);
  layers_ = 0;
  counters_.packets.add();
  counters_.bytes.add(root.data.size());
  counters_.max_packet_size.raise_to(root.data.size());
  if (options_.give_up_on_bad_checksums) give_up_on_bad_checksums();
  const std::size_t first_inner = stack.size();
  link(root, stack);
  count_outcome(root);
  for (std::size_t i = first_inner; i < stack.size(); ++i) count_outcome(stack[i]);
}

void Decoder::give_up_on_bad_checksums() {
  constexpr std::uint64_t kSample = 1000, kOneIn = 10;
  if (counters_.packets.value() < kSample) return;
  if (counters_.bad_l4_checksums.value() * kOneIn > kSample) options_.validate_checksums = false;
  options_.give_up_on_bad_checksums = false;
}

void Decoder::link(Packet& root, PacketStack& stack) {
  switch (root.link) {
    case LinkType::kEthernet:
      return ethernet(root, root.data, stack);
    case LinkType::kRaw:
    case LinkType::kIpv4:
    case LinkType::kIpv6:
      counters_.raw.add();
      return raw_ip(root, root.data, stack);
    case LinkType::kPpp:
      return ppp(root, root.data, stack);
    case LinkType::kNull:
    case LinkType::kLoop:
      return null_link(root, root.data, stack);
    case LinkType::kSll:
      return cooked(root, root.data, stack);
    case LinkType::kSll2:
      return cooked2(root, root.data, stack);
    case LinkType::kNflog:
      return nflog(root, root.data, stack);
    case LinkType::kChdlc:
      return chdlc(root, root.data, stack);
  }
}

Packet* Decoder::decode_datagram(Packet& last_fragment, Bytes frame, std::size_t ip_at,
                                 PacketStack& stack) {
  Packet* whole = start_inner(last_fragment, frame, TunnelKind::kDefrag, stack);
  if (whole == nullptr) return nullptr;
  // The same packet as far as flows are concerned: fragments or not, both directions meet.
  whole->recursion_level = last_fragment.recursion_level;
  whole->link = last_fragment.link;
  whole->ethernet = last_fragment.ethernet;
  whole->ether_type = last_fragment.ether_type;
  whole->vlan_count = last_fragment.vlan_count;
  whole->vlan = last_fragment.vlan;
  layers_ = 0;  // another packet has been decoded since the fragment
  const std::size_t at = stack.size() - 1;
  const Bytes datagram = frame.subspan(ip_at);
  if (!datagram.empty() && load_u8(datagram, 0) >> 4 == 6) {
    ipv6(*whole, datagram, stack);
  } else {
    ipv4(*whole, datagram, stack);
  }
  for (std::size_t i = at; i < stack.size(); ++i) count_outcome(stack[i]);
  return whole;
}

Packet* Decoder::start_inner(Packet& outer, Bytes data, TunnelKind kind, PacketStack& stack) {
  if (stack.full()) return nullptr;
  Packet& inner = stack.push();
  reset(inner);
  inner.data = data;
  inner.wire_length = static_cast<std::uint32_t>(data.size());
  inner.link = LinkType::kRaw;
  inner.time = outer.time;
  inner.number = 0;
  inner.tenant = outer.tenant;
  inner.interface = outer.interface;
  inner.source_token = outer.source_token;
  inner.recursion_level = static_cast<std::uint8_t>(outer.recursion_level + 1);
  inner.tunnel = kind;
  inner.root = outer.root != nullptr ? outer.root : &outer;
  return &inner;
}

/// Whether the first header of a tunnel's content could be read.
bool Decoder::is_what_it_says(const Packet& inner, Inner what) {
  switch (what) {
    case Inner::kIpv4:
    case Inner::kIpv6:
    case Inner::kArp:
      return inner.layer3 != Layer3::kNone;
    case Inner::kEthernet:
    case Inner::kErspan1:
    case Inner::kErspan2:
      return !inner.ethernet.empty();
    case Inner::kPpp:
      return inner.layer3 != Layer3::kNone || !inner.invalid ||
             inner.events.has(PacketEvent::kPppWrongType);
    case Inner::kVlan:
      return !inner.events.has(PacketEvent::kVlanHeaderTooSmall) &&
             !inner.events.has(PacketEvent::kVlanUnknownType);
  }
  return false;
}

Packet* Decoder::tunnel(Packet& outer, Bytes data, Inner what, TunnelKind kind,
                        PacketStack& stack) {
  if (!enter_layer(outer)) return nullptr;
  Packet* inner = start_inner(outer, data, kind, stack);
  if (inner == nullptr) {
    add_invalid(outer, PacketEvent::kTooManyLayers);
    return nullptr;
  }
  const std::size_t at = stack.size() - 1;
  switch (what) {
    case Inner::kIpv4:
      ipv4(*inner, data, stack);
      break;
    case Inner::kIpv6:
      ipv6(*inner, data, stack);
      break;
    case Inner::kEthernet:
      ethernet(*inner, data, stack);
      break;
    case Inner::kErspan1:
    case Inner::kErspan2:
      erspan(*inner, data, what == Inner::kErspan2, stack);
      break;
    case Inner::kPpp:
      ppp(*inner, data, stack);
      break;
    case Inner::kVlan:
      vlan(*inner, data, stack);
      break;
    case Inner::kArp:
      arp(*inner, data);
      break;
  }
  if (!is_what_it_says(*inner, what)) {
    // Not what the tunnel said it is: the packet around it is all there is.
    while (stack.size() > at) stack.pop();
    counters_.tunnel_invalid.add();
    return nullptr;
  }
  outer.payload = {};  // inspected inside
  return inner;
}

bool Decoder::enter_layer(Packet& packet) {
  if (++layers_ < options_.max_layers) return true;
  add_invalid(packet, PacketEvent::kTooManyLayers);
  return false;
}

void Decoder::count_outcome(const Packet& packet) {
  for (const std::uint16_t event : packet.events) counters_.events[event].add();
  if (packet.events.has(PacketEvent::kTooManyLayers)) counters_.too_many_layers.add();
  if (packet.invalid && packet.root == nullptr) counters_.invalid.add();
}

}  // namespace culvert
