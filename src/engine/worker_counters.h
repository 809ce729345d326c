// What became of packets: counted by the worker, with Suricata's names (`ips.*`).
#pragma once

#include <array>

#include "metrics/counter.h"
#include "packet/verdict.h"

namespace culvert {

struct WorkerCounters {
  Counter accepted, blocked, rejected, replaced;
  Counter rejects_sent, rejects_failed;
  Counter firewall_accepted, firewall_blocked, firewall_rejected;
  /// By DropReason; index 0 is not used.
  std::array<Counter, static_cast<std::size_t>(DropReason::kLast) + 1> reasons;

  /// `firewall`: those of firewall mode as well.
  void append(std::vector<NamedCounter>& out, bool firewall) const;
};

constexpr CounterSpec<WorkerCounters> kWorkerCounters[] = {
    {"ips.accepted", "Packets that went on their way", &WorkerCounters::accepted},
    {"ips.blocked", "Packets dropped or rejected", &WorkerCounters::blocked},
    {"ips.rejected", "Packets dropped whose ends were told", &WorkerCounters::rejected},
    {"ips.replaced", "Packets whose payload a rule changed", &WorkerCounters::replaced},
    {"ips.rejects_sent", "Answers sent to the ends of rejected packets",
     &WorkerCounters::rejects_sent},
    {"ips.rejects_failed", "Answers that could not be sent", &WorkerCounters::rejects_failed},
};

/// A packet that the firewall drops is counted here, and not under `ips`.
constexpr CounterSpec<WorkerCounters> kFirewallCounters[] = {
    {"firewall.accepted", "Packets that the firewall let through",
     &WorkerCounters::firewall_accepted},
    {"firewall.blocked", "Packets that the firewall dropped", &WorkerCounters::firewall_blocked},
    {"firewall.rejected", "Packets that the firewall dropped telling their ends",
     &WorkerCounters::firewall_rejected},
};

}  // namespace culvert
