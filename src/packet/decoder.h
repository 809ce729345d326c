// From captured bytes to layers: link, network, transport, and tunnels within.
//
// A tunnel gives another packet, with its own addresses and flow, in the stack. These are inspected
// like any other, before the packet around them, which is inspected too:
//
//     Ethernet / IPv4 / UDP 4789 / VXLAN / Ethernet / IPv4 / TCP
//     root:     the UDP packet 10.1.0.1:5000 -> 10.1.0.2:4789, recursion_level 0
//     stack[0]: the TCP packet 192.168.0.1:1234 -> 192.168.0.2:80, recursion_level 1
//
// So do IP in IP, GRE with what it carries (ERSPAN, PPP, Ethernet), VXLAN, GENEVE and Teredo. VLAN tags,
// MPLS labels, PPPoE, VN-Tag, E-Tag, 802.1ah and NSH are taken off in place; ESP is where decoding ends.
// Which is which, and what is an event of which name, follows Suricata.
#pragma once

#include <cstdint>

#include "packet/decode_counters.h"
#include "packet/decode_options.h"
#include "packet/packet.h"
#include "packet/packet_events.h"
#include "packet/packet_stack.h"

namespace culvert {

/// One per worker; knows nothing of what came before. No allocation, no exception.
class Decoder {
 public:
  Decoder(const DecodeOptions& options, DecodeCounters& counters)
      : options_(options), counters_(counters) {}

  /// Fills the decoder's part of `root`, of which the source's part is set, resets what is set by later
  /// layers, and appends to `stack` the packets within. A packet with is_fragment set is for defrag.
  void decode(Packet& root, PacketStack& stack);

  /// A datagram that defrag made whole, as a packet after `last_fragment` (root, or in `stack`), at the
  /// same recursion level. `frame` begins as the fragment's data does, has its IP header at `ip_at`, and
  /// lives until the stack is cleared. Null when the stack is full.
  Packet* decode_datagram(Packet& last_fragment, Bytes frame, std::size_t ip_at,
                          PacketStack& stack);

  const DecodeOptions& options() const { return options_; }

  /// Notes an event and counts it: for defrag, after decoding.
  void add_event(Packet& packet, PacketEvent event) {
    if (packet.events.full()) return;
    packet.events.add(event);
    counters_.events[number_of(event)].add();
  }

 private:
  // Each takes the bytes from its own header on. `stack` gets what is found in tunnels.
  void give_up_on_bad_checksums();
  void link(Packet& root, PacketStack& stack);
  void ethernet(Packet& packet, Bytes data, PacketStack& stack);
  void cooked(Packet& packet, Bytes data, PacketStack& stack);
  void cooked2(Packet& packet, Bytes data, PacketStack& stack);
  void null_link(Packet& packet, Bytes data, PacketStack& stack);
  void nflog(Packet& packet, Bytes data, PacketStack& stack);
  void chdlc(Packet& packet, Bytes data, PacketStack& stack);
  void raw_ip(Packet& packet, Bytes data, PacketStack& stack);
  void ppp(Packet& packet, Bytes data, PacketStack& stack);
  static bool is_known_ppp_protocol(std::uint8_t first);
  void ppp_protocol(Packet& packet, std::uint16_t protocol, Bytes data, PacketStack& stack);

  /// What an EtherType announces; false when it is unknown.
  bool network(Packet& packet, std::uint16_t type, Bytes data, PacketStack& stack);
  void vlan(Packet& packet, Bytes data, PacketStack& stack);
  void provider_backbone(Packet& packet, Bytes data, PacketStack& stack);
  void vntag(Packet& packet, Bytes data, PacketStack& stack);
  void etag(Packet& packet, Bytes data, PacketStack& stack);
  void mpls(Packet& packet, Bytes data, PacketStack& stack);
  void pppoe_session(Packet& packet, Bytes data, PacketStack& stack);
  void pppoe_discovery(Packet& packet, Bytes data);
  void nsh(Packet& packet, Bytes data, PacketStack& stack);
  void arp(Packet& packet, Bytes data);

  void ipv4(Packet& packet, Bytes data, PacketStack& stack);
  bool ipv4_options(Packet& packet, Bytes options);
  void ipv6(Packet& packet, Bytes data, PacketStack& stack);
  void ipv6_extensions(Packet& packet, std::uint8_t next_header, Bytes data, PacketStack& stack);
  void ipv6_options(Packet& packet, Bytes options, bool hop_by_hop);

  bool transport(Packet& packet, std::uint8_t protocol, Bytes data, PacketStack& stack);
  void tcp(Packet& packet, Bytes data);
  void udp(Packet& packet, Bytes data, PacketStack& stack);
  void icmp4(Packet& packet, Bytes data);
  void icmp6(Packet& packet, Bytes data);
  void sctp(Packet& packet, Bytes data);
  void esp(Packet& packet, Bytes data);
  void igmp(Packet& packet, Bytes data);

  void check_ip(Packet& packet);
  void check_l4(Packet& packet);

  void gre(Packet& packet, Bytes data, PacketStack& stack);
  void erspan(Packet& packet, Bytes data, bool has_header, PacketStack& stack);
  bool vxlan(Packet& packet, PacketStack& stack);
  bool geneve(Packet& packet, PacketStack& stack);
  bool teredo(Packet& packet, PacketStack& stack);

  /// What a tunnel carries.
  enum class Inner : std::uint8_t {
    kIpv4, kIpv6, kEthernet, kErspan1, kErspan2, kPpp, kVlan, kArp,
  };
  static bool is_what_it_says(const Packet& inner, Inner what);
  void ip_in_ip(Packet& packet, Bytes data, Inner what, PacketStack& stack);
  /// Another packet, of what is in `data`; null when there is no room or nothing to be made of it.
  Packet* tunnel(Packet& outer, Bytes data, Inner inner, TunnelKind kind, PacketStack& stack);
  Packet* start_inner(Packet& outer, Bytes data, TunnelKind kind, PacketStack& stack);

  /// Counts a layer; false when there are too many.
  bool enter_layer(Packet& packet);
  /// Notes an event; counted when decoding is done, if the packet is still there then.
  static void note(Packet& packet, PacketEvent event) { packet.events.add(event); }
  static void add_invalid(Packet& packet, PacketEvent event) {
    note(packet, event);
    packet.invalid = true;
  }
  void count_outcome(const Packet& packet);

  DecodeOptions options_;
  DecodeCounters& counters_;
  std::uint16_t layers_ = 0;  ///< of the captured packet at hand
};

}  // namespace culvert
