// Counters of TCP tracking, one struct a worker; names as in Suricata's stats.
#pragma once

#include <vector>

#include "flow/exception_policy.h"
#include "metrics/counter.h"

namespace culvert {

struct StreamCounters {
  Counter syn, synack, rst, urgent, active_sessions, sessions, session_memcap_drop,
      session_from_cache, session_from_pool, pseudo, invalid_checksum, midstream_pickups,
      packet_on_wrong_thread, ack_unseen_data, segment_memcap_drop, segment_from_cache,
      segment_from_pool, depth_reached, reassembly_gap, overlap, overlap_different_data,
      insert_normal_fail, insert_overlap_fail, urgent_oob, memuse, reassembly_memuse;
  ExceptionPolicyCounters midstream_policy, session_memcap_policy, reassembly_policy;

  void append(std::vector<NamedCounter>& out) const;
};

constexpr CounterSpec<StreamCounters> kStreamCounters[] = {
    {"tcp.syn", "Packets with SYN and no ACK", &StreamCounters::syn},
    {"tcp.synack", "Packets with SYN and ACK", &StreamCounters::synack},
    {"tcp.rst", "Packets with RST", &StreamCounters::rst},
    {"tcp.urg", "Packets with URG", &StreamCounters::urgent},
    {"tcp.active_sessions", "Connections tracked now", &StreamCounters::active_sessions,
     CounterKind::kGauge},
    {"tcp.sessions", "Connections tracked", &StreamCounters::sessions},
    {"tcp.ssn_memcap_drop", "Connections not tracked for want of memory (stream.memcap)",
     &StreamCounters::session_memcap_drop},
    {"tcp.ssn_from_cache", "Sessions taken from those freed last",
     &StreamCounters::session_from_cache},
    {"tcp.ssn_from_pool", "Sessions taken from the pool", &StreamCounters::session_from_pool},
    {"tcp.pseudo", "Always 0: the end of a flow needs no made-up packets", &StreamCounters::pseudo},
    {"tcp.invalid_checksum", "Packets not tracked for their checksum",
     &StreamCounters::invalid_checksum},
    {"tcp.midstream_pickups", "Connections picked up after their handshake",
     &StreamCounters::midstream_pickups},
    {"tcp.pkt_on_wrong_thread", "Packets of flows that another worker opened",
     &StreamCounters::packet_on_wrong_thread},
    {"tcp.ack_unseen_data", "ACKs for data that was not seen", &StreamCounters::ack_unseen_data},
    {"tcp.segment_memcap_drop", "Segments not kept for want of memory (stream.reassembly.memcap)",
     &StreamCounters::segment_memcap_drop},
    {"tcp.segment_from_cache", "Segments taken from those freed last",
     &StreamCounters::segment_from_cache},
    {"tcp.segment_from_pool", "Segments taken from the pool", &StreamCounters::segment_from_pool},
    {"tcp.stream_depth_reached", "Flows that reached stream.reassembly.depth",
     &StreamCounters::depth_reached},
    {"tcp.reassembly_gap", "Gaps in streams", &StreamCounters::reassembly_gap},
    {"tcp.overlap", "Segments that overlap data held", &StreamCounters::overlap},
    {"tcp.overlap_diff_data", "Overlaps with different data",
     &StreamCounters::overlap_different_data},
    {"tcp.insert_data_normal_fail", "Segments not kept: too many holes in the stream",
     &StreamCounters::insert_normal_fail},
    {"tcp.insert_data_overlap_fail", "The same, of segments that overlap",
     &StreamCounters::insert_overlap_fail},
    {"tcp.urgent_oob_data", "Urgent bytes taken out of streams", &StreamCounters::urgent_oob},
    {"tcp.memuse", "Bytes held for sessions", &StreamCounters::memuse, CounterKind::kGauge},
    {"tcp.reassembly_memuse", "Bytes held for stream data", &StreamCounters::reassembly_memuse,
     CounterKind::kGauge},
};

}  // namespace culvert
