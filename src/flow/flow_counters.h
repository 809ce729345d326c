// Counters of the flow table, one struct a worker; names as in Suricata's stats.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "flow/exception_policy.h"
#include "metrics/counter.h"

namespace culvert {

struct FlowCounters {
  Counter memcap, total, active, tcp, udp, icmp4, icmp6, tcp_reuse, get_used, get_used_eval,
      get_used_failed;
  Counter evicted_by_packet;  ///< found timed out by a packet that looked them up
  Counter checked, not_timed_out, timed_out, evicted;
  Counter end_new, end_established, end_closed, end_bypassed_local, end_bypassed_capture;
  Counter end_tcp_liberal;
  Counter spare, emergency_entered, emergency_over, recycled, memuse;
  Counter bypassed_closed, bypassed_packets, bypassed_bytes;
  ExceptionPolicyCounters memcap_policy;

  void append(std::vector<NamedCounter>& out) const;
};

constexpr CounterSpec<FlowCounters> kFlowCounters[] = {
    {"flow.memcap", "Packets that got no flow: memory full", &FlowCounters::memcap},
    {"flow.total", "Flows", &FlowCounters::total},
    {"flow.active", "Flows in the table now", &FlowCounters::active, CounterKind::kGauge},
    {"flow.tcp", "TCP flows", &FlowCounters::tcp},
    {"flow.udp", "UDP flows", &FlowCounters::udp},
    {"flow.icmpv4", "ICMPv4 flows", &FlowCounters::icmp4},
    {"flow.icmpv6", "ICMPv6 flows", &FlowCounters::icmp6},
    {"flow.tcp_reuse", "Flows ended by a new connection between the same ends",
     &FlowCounters::tcp_reuse},
    {"flow.get_used", "Live flows ended to make room for new ones", &FlowCounters::get_used},
    {"flow.get_used_eval", "Flows looked at for that", &FlowCounters::get_used_eval},
    {"flow.get_used_failed", "Times that none could be ended", &FlowCounters::get_used_failed},
    {"flow.wrk.flows_evicted", "Flows ended as a packet found them timed out",
     &FlowCounters::evicted_by_packet},
    {"flow.mgr.flows_checked", "Flows looked at by the timer", &FlowCounters::checked},
    {"flow.mgr.flows_notimeout", "Of those, not timed out", &FlowCounters::not_timed_out},
    {"flow.mgr.flows_timeout", "Of those, timed out", &FlowCounters::timed_out},
    {"flow.mgr.flows_evicted", "Flows ended by the timer", &FlowCounters::evicted},
    {"flow.end.state.new", "Flows that ended new: one direction seen", &FlowCounters::end_new},
    {"flow.end.state.established", "Flows that ended established",
     &FlowCounters::end_established},
    {"flow.end.state.closed", "Flows that ended closed", &FlowCounters::end_closed},
    {"flow.end.state.local_bypassed", "Flows that ended bypassed by the engine",
     &FlowCounters::end_bypassed_local},
    {"flow.end.state.capture_bypassed", "Flows that ended bypassed by the packet source",
     &FlowCounters::end_bypassed_capture},
    {"flow.end.tcp_liberal", "TCP flows whose ends did not keep to windows",
     &FlowCounters::end_tcp_liberal},
    {"flow.spare", "Flows preallocated and not in use", &FlowCounters::spare, CounterKind::kGauge},
    {"flow.emerg_mode_entered", "Times that the table was full", &FlowCounters::emergency_entered},
    {"flow.emerg_mode_over", "Times that it had room again", &FlowCounters::emergency_over},
    {"flow.recycler.recycled", "Flows ended and freed", &FlowCounters::recycled},
    {"flow.memuse", "Bytes of the flow table", &FlowCounters::memuse, CounterKind::kGauge},
    {"flow_bypassed.closed", "Bypassed flows that ended", &FlowCounters::bypassed_closed},
    {"flow_bypassed.local_pkts", "Packets of bypassed flows", &FlowCounters::bypassed_packets},
    {"flow_bypassed.local_bytes", "Bytes of bypassed flows", &FlowCounters::bypassed_bytes},
};

inline void FlowCounters::append(std::vector<NamedCounter>& out) const {
  append_counters(*this, kFlowCounters, out);
  memcap_policy.append(ExceptionTarget::kFlowMemcap, out);
}

}  // namespace culvert
