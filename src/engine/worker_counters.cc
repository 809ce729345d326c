#include "engine/worker_counters.h"

namespace culvert {
namespace {

// In the order of DropReason; "none" has no counter.
constexpr std::string_view kReasonCounterNames[] = {
    "",
    "ips.drop_reason.decode_error",
    "ips.drop_reason.defrag_error",
    "ips.drop_reason.defrag_memcap",
    "ips.drop_reason.flow_memcap",
    "ips.drop_reason.flow_drop",
    "ips.drop_reason.applayer_error",
    "ips.drop_reason.applayer_memcap",
    "ips.drop_reason.rules",
    "ips.drop_reason.threshold_detection_filter",
    "ips.drop_reason.stream_error",
    "ips.drop_reason.stream_memcap",
    "ips.drop_reason.stream_midstream",
    "ips.drop_reason.stream_reassembly",
    "ips.drop_reason.stream_urgent",
    "ips.drop_reason.nfq_error",
    "ips.drop_reason.exception_policy_flow_drop",
    "ips.drop_reason.tunnel_packet_drop",
    "firewall.drop_reason.rules",
    "firewall.drop_reason.default_packet_policy",
    "firewall.drop_reason.default_app_policy",
    "firewall.drop_reason.pre_stream_hook",
    "firewall.drop_reason.pre_flow_hook",
    "firewall.drop_reason.flow_drop",
};
static_assert(std::size(kReasonCounterNames) == std::size(kDropReasonNames));

}  // namespace

void WorkerCounters::append(std::vector<NamedCounter>& out, bool firewall) const {
  append_counters(*this, kWorkerCounters, out);
  if (firewall) append_counters(*this, kFirewallCounters, out);
  for (std::size_t i = 1; i < reasons.size(); ++i) {
    if (!firewall && is_of_firewall(static_cast<DropReason>(i))) continue;
    out.push_back({kReasonCounterNames[i], "Packets dropped for this reason", CounterKind::kCounter,
                   &reasons[i]});
  }
}

}  // namespace culvert
