// What the decoder counts; names as in Suricata's stats.
#pragma once

#include <array>
#include <vector>

#include "metrics/counter.h"
#include "packet/packet_events.h"

namespace culvert {

struct DecodeCounters {
  Counter packets, bytes, invalid, max_packet_size;
  Counter ipv4, ipv6, ethernet, arp, unknown_ethertype, chdlc, raw, null, sll, sll2, nflog;
  Counter tcp, udp, sctp, esp, icmpv4, icmpv6, igmp, ppp, pppoe, geneve, gre;
  Counter vlan, vlan_qinq, vlan_qinqinq, vxlan, vntag, etag, ieee8021ah, teredo;
  Counter ipv4_in_ipv4, ipv6_in_ipv4, ipv4_in_ipv6, ipv6_in_ipv6, mpls, erspan, nsh;
  Counter max_mac_addrs_src, max_mac_addrs_dst, too_many_layers, tunnel_invalid;
  Counter checked, bad_ip_checksums, bad_l4_checksums;
  std::array<Counter, kPacketEventCount> events;  ///< by number of PacketEvent
};

inline constexpr CounterSpec<DecodeCounters> kDecodeCounters[] = {
    {"decoder.pkts", "packets captured and decoded", &DecodeCounters::packets},
    {"decoder.bytes", "their bytes", &DecodeCounters::bytes},
    {"decoder.invalid", "packets that could not be decoded to the end", &DecodeCounters::invalid},
    {"decoder.ipv4", "IPv4 packets", &DecodeCounters::ipv4},
    {"decoder.ipv6", "IPv6 packets", &DecodeCounters::ipv6},
    {"decoder.ethernet", "Ethernet frames", &DecodeCounters::ethernet},
    {"decoder.arp", "ARP packets", &DecodeCounters::arp},
    {"decoder.unknown_ethertype", "frames of an EtherType that is not decoded",
     &DecodeCounters::unknown_ethertype},
    {"decoder.chdlc", "Cisco HDLC frames", &DecodeCounters::chdlc},
    {"decoder.raw", "packets without a link layer", &DecodeCounters::raw},
    {"decoder.null", "frames of the BSD loopback", &DecodeCounters::null},
    {"decoder.sll", "Linux cooked frames", &DecodeCounters::sll},
    {"decoder.sll2", "Linux cooked frames, version 2", &DecodeCounters::sll2},
    {"decoder.nflog", "packets with an NFLOG header", &DecodeCounters::nflog},
    {"decoder.tcp", "TCP segments", &DecodeCounters::tcp},
    {"decoder.udp", "UDP datagrams", &DecodeCounters::udp},
    {"decoder.sctp", "SCTP packets", &DecodeCounters::sctp},
    {"decoder.esp", "ESP packets", &DecodeCounters::esp},
    {"decoder.icmpv4", "ICMP messages", &DecodeCounters::icmpv4},
    {"decoder.icmpv6", "ICMPv6 messages", &DecodeCounters::icmpv6},
    {"decoder.igmp", "IGMP messages", &DecodeCounters::igmp},
    {"decoder.ppp", "PPP frames", &DecodeCounters::ppp},
    {"decoder.pppoe", "PPPoE frames", &DecodeCounters::pppoe},
    {"decoder.geneve", "GENEVE packets", &DecodeCounters::geneve},
    {"decoder.gre", "GRE packets", &DecodeCounters::gre},
    {"decoder.vlan", "first VLAN tags", &DecodeCounters::vlan},
    {"decoder.vlan_qinq", "second VLAN tags", &DecodeCounters::vlan_qinq},
    {"decoder.vlan_qinqinq", "third VLAN tags", &DecodeCounters::vlan_qinqinq},
    {"decoder.vxlan", "VXLAN packets", &DecodeCounters::vxlan},
    {"decoder.vntag", "VN-Tag frames", &DecodeCounters::vntag},
    {"decoder.etag", "802.1BR E-Tag frames", &DecodeCounters::etag},
    {"decoder.ieee8021ah", "provider backbone frames", &DecodeCounters::ieee8021ah},
    {"decoder.teredo", "Teredo packets", &DecodeCounters::teredo},
    {"decoder.ipv4_in_ipv4", "IPv4 in IPv4", &DecodeCounters::ipv4_in_ipv4},
    {"decoder.ipv6_in_ipv4", "IPv6 in IPv4", &DecodeCounters::ipv6_in_ipv4},
    {"decoder.ipv4_in_ipv6", "IPv4 in IPv6", &DecodeCounters::ipv4_in_ipv6},
    {"decoder.ipv6_in_ipv6", "IPv6 in IPv6", &DecodeCounters::ipv6_in_ipv6},
    {"decoder.mpls", "MPLS frames", &DecodeCounters::mpls},
    {"decoder.max_pkt_size", "largest packet, bytes", &DecodeCounters::max_packet_size,
     CounterKind::kMaximum},
    {"decoder.max_mac_addrs_src", "most source MAC addresses of a flow",
     &DecodeCounters::max_mac_addrs_src, CounterKind::kMaximum},
    {"decoder.max_mac_addrs_dst", "most destination MAC addresses of a flow",
     &DecodeCounters::max_mac_addrs_dst, CounterKind::kMaximum},
    {"decoder.erspan", "ERSPAN frames", &DecodeCounters::erspan},
    {"decoder.nsh", "packets with a network service header", &DecodeCounters::nsh},
    {"decoder.too_many_layers", "packets of more than decoder.max-layers layers",
     &DecodeCounters::too_many_layers},
    {"decoder.tunnel_invalid", "tunnels that do not hold what they say; only the packet around is inspected",
     &DecodeCounters::tunnel_invalid},
    {"decoder.checksum.checked", "packets whose checksums were validated",
     &DecodeCounters::checked},
    {"decoder.checksum.bad_ip", "of these, with a wrong IPv4 header checksum",
     &DecodeCounters::bad_ip_checksums},
    {"decoder.checksum.bad_l4", "of these, with a wrong TCP checksum",
     &DecodeCounters::bad_l4_checksums},
};

/// "decoder.event.ipv4.trunc_pkt" of each decoder event; REQUIRES: `counters` outlives `out`.
void append_event_counters(const DecodeCounters& counters, std::vector<NamedCounter>& out);

}  // namespace culvert
