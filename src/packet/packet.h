// One packet on its way through the engine: a view of its bytes and what the layers made of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "net/address.h"
#include "packet/packet_events.h"
#include "packet/verdict.h"

namespace culvert {

struct Flow;

/// Direction within a flow. "To server" is the direction of the packet that opened the flow.
enum class Direction : std::uint8_t { kToServer = 0, kToClient = 1 };
constexpr Direction opposite(Direction d) {
  return d == Direction::kToServer ? Direction::kToClient : Direction::kToServer;
}
/// As in EVE and in rules.
constexpr std::string_view name_of(Direction d) {
  return d == Direction::kToServer ? "to_server" : "to_client";
}
constexpr std::size_t index_of(Direction d) { return static_cast<std::size_t>(d); }

/// What the captured bytes begin with. Values are ours; io/ maps pcap's DLT numbers.
enum class LinkType : std::uint8_t {
  kEthernet,
  kRaw,    ///< IPv4 or IPv6, told by the version nibble (DLT_RAW)
  kIpv4,   ///< the same by other names (LINKTYPE_IPV4, _IPV6)
  kIpv6,
  kPpp,
  kNull,   ///< 4 bytes of address family, host order of the capturing machine
  kLoop,   ///< the same in network order
  kSll,    ///< Linux cooked capture
  kSll2,
  kNflog,
  kChdlc,
};

/// Whose packet it is; part of every key made of addresses. Two tenants never meet.
enum class TenantKind : std::uint8_t {
  kNone,          ///< one network: files, plain sniffing
  kGwlbEndpoint,  ///< id is the endpoint (ENI) id: `vpce-%017x`
  kMirror,        ///< id is outer source IPv4 << 24 | VNI
  kInterface,     ///< id is the interface's index
};
struct Tenant {
  std::uint64_t id = 0;
  TenantKind kind = TenantKind::kNone;
  friend bool operator==(const Tenant&, const Tenant&) = default;
};

enum class Layer3 : std::uint8_t { kNone, kIpv4, kIpv6, kArp };
enum class Layer4 : std::uint8_t {
  kNone,  ///< no or unknown transport: see ip_proto
  kTcp,
  kUdp,
  kIcmp4,
  kIcmp6,
  kSctp,
  kEsp,
  kGre,
  kIgmp,
};

/// Kind of the tunnel that a packet was taken out of.
enum class TunnelKind : std::uint8_t {
  kNone, kIpInIp, kIpv6InIp, kIpv6InIpv6, kIpv4InIpv6, kGre, kErspan, kVxlan, kGeneve, kTeredo,
  kDefrag,  ///< not a tunnel: a datagram made whole of fragments
};

/// Decoder, stream and engine events of one packet, in the order they were found, as often as they
/// were. The numbers are those of `packet/packet_events.h`. More than fit are not kept.
class PacketEvents {
 public:
  void add(PacketEvent event) { add(number_of(event)); }
  void add(std::uint16_t event) {
    if (count_ < events_.size()) events_[count_++] = event;
  }
  bool has(PacketEvent event) const { return has(number_of(event)); }
  bool has(std::uint16_t event) const {
    for (std::uint8_t i = 0; i < count_; ++i) {
      if (events_[i] == event) return true;
    }
    return false;
  }
  bool empty() const { return count_ == 0; }
  bool full() const { return count_ == events_.size(); }
  const std::uint16_t* begin() const { return events_.data(); }
  const std::uint16_t* end() const { return events_.data() + count_; }
  void clear() { count_ = 0; }

 private:
  std::array<std::uint16_t, 15> events_{};
  std::uint8_t count_ = 0;
};

/// Where a fragment belongs in its datagram.
struct FragmentInfo {
  std::uint32_t id = 0;
  std::uint16_t offset = 0;      ///< bytes into the fragmentable part
  std::uint16_t header_at = 0;   ///< IPv6: offset of the fragment header in Packet::ip_payload
  std::uint16_t link_at = 0;     ///< IPv6: offset in the IP packet of the byte that names it
  std::uint8_t next_header = 0;  ///< protocol of the datagram's first byte, as this fragment says
  bool more = false;             ///< not the last one
  Bytes data;                    ///< what it brings of the fragmentable part
};

/// Fixed size, no heap. The bytes belong to the source (or, for a datagram made of fragments, to
/// defrag) until the packet is released; everything else is rewritten for each packet.
struct Packet {
  // --- set by the source ---
  Bytes data;                     ///< captured bytes, from the link layer on
  std::uint32_t wire_length = 0;  ///< bytes on the wire, >= data.size() when cut short
  LinkType link = LinkType::kEthernet;
  Timestamp time{};
  /// Number in the capture file, from 1 (`pcap_cnt`); 0: live, or not a captured packet: see root.
  std::uint64_t number = 0;
  Tenant tenant{};
  std::uint16_t interface = 0;    ///< which of the source's interfaces
  std::uint64_t source_token = 0; ///< for the source's own use

  // --- set by the decoder ---
  IpAddress source, destination;  ///< valid when layer3 is kIpv4 or kIpv6
  std::uint16_t source_port = 0;  ///< TCP, UDP, SCTP; else 0
  std::uint16_t destination_port = 0;
  Layer3 layer3 = Layer3::kNone;
  Layer4 layer4 = Layer4::kNone;
  std::uint8_t ip_proto = 0;      ///< of the transport, after extension headers
  std::uint8_t icmp_type = 0, icmp_code = 0;
  bool is_fragment = false;       ///< an IP fragment (first or later): for defrag, no layer 4
  bool truncated = false;         ///< fewer bytes captured than the IP header announces
  bool invalid = false;           ///< so malformed that no flow or rule on its fields applies
  bool bad_ip_checksum = false, bad_l4_checksum = false;  ///< as far as checksums are validated
  FragmentInfo fragment;          ///< when is_fragment
  std::uint8_t vlan_count = 0;
  std::array<std::uint16_t, 3> vlan{};  ///< VLAN ids (12 bits), outermost first
  std::uint8_t recursion_level = 0;     ///< 0: as captured; +1 for each tunnel taken off
  TunnelKind tunnel = TunnelKind::kNone;
  std::uint32_t tunnel_vni = 0;         ///< VXLAN, GENEVE
  std::uint16_t ether_type = 0;         ///< last EtherType seen before layer 3
  Bytes ethernet;                       ///< the Ethernet header of this packet, or empty
  Bytes ip_header;                      ///< with options; IPv6: the fixed 40 bytes
  Bytes ip_payload;                     ///< all after the IP header, IPv6: extension headers too
  Bytes l4_header;                      ///< TCP, ICMP with what their kind adds; UDP ...
  Bytes payload;                        ///< of the transport; none without one, or around a tunnel
  PacketEvents events;
  Packet* root = nullptr;  ///< the packet that this one came out of; null: as captured

  // --- set by the flow and stream layers ---
  Flow* flow = nullptr;
  Direction direction = Direction::kToServer;
  bool established = false;        ///< its flow has seen both directions (TCP: the handshake)
  bool stream_inspected = false;   ///< its payload is part of a stream that rules inspect
  bool no_inspection = false;      ///< bypassed, passed, or encrypted: rules do not look at it
  bool no_payload_inspection = false;
  bool no_flow = false;            ///< a `config` rule wants no flow made of it

  // --- the outcome ---
  Verdict verdict;
  bool modified = false;  ///< its bytes were written over: a rule's `replace`, overlaps inline

  bool is_ip() const { return layer3 == Layer3::kIpv4 || layer3 == Layer3::kIpv6; }
  bool is_tcp() const { return layer4 == Layer4::kTcp; }
  bool is_udp() const { return layer4 == Layer4::kUdp; }

  /// TCP flags byte (CWR..FIN), 0 when it is not TCP.
  std::uint8_t tcp_flags() const {
    return is_tcp() ? std::to_integer<std::uint8_t>(l4_header[13]) : std::uint8_t{0};
  }
};

}  // namespace culvert
