#include "emulator/statistics.h"

#include <fmt/format.h>

namespace culvert::emulator {
namespace {

template <std::size_t kCount>
std::string members(const std::array<std::string_view, kCount>& names,
                    const std::array<std::uint64_t, kCount>& values) {
  std::string out;
  for (std::size_t i = 0; i < kCount; ++i)
    out += fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", names[i], values[i]);
  return out;
}

}  // namespace

std::string statistics_json(const Balancer& balancer, EmulatorTime uptime,
                            std::uint64_t receive_overruns) {
  const EmulatorCounters& c = balancer.counters();
  std::string out = fmt::format(
      "{{\"uptime_ms\":{},\"traffic\":{{\"received_packets\":{},\"received_bytes\":{},"
      "\"sent_packets\":{},\"sent_bytes\":{},\"returned_packets\":{},\"returned_bytes\":{},"
      "\"made_resets\":{},\"made_icmp_errors\":{},\"icmp_from_targets\":{},"
      "\"receive_overruns\":{}}},",
      uptime.count(), c.received_packets, c.received_bytes, c.sent_packets, c.sent_bytes,
      c.returned_packets, c.returned_bytes, c.made_resets, c.made_icmp_errors, c.icmp_from_targets,
      receive_overruns);
  out += fmt::format(
      "\"flows\":{{\"active\":{},\"new\":{},\"rebalanced\":{},\"cookie_changes\":{}}},\"targets\":"
      "[",
      balancer.flow_count(), c.new_flows, c.rebalanced_flows, c.cookie_changes);
  const char* comma = "";
  for (const Target& target : balancer.group().targets()) {
    out += fmt::format(
        "{}{{\"address\":\"{}\",\"registration\":\"{}\",\"health\":\"{}\",\"flows\":{},"
        "\"sent_packets\":{},\"returned_packets\":{}}}",
        comma, v4_text(target.address), name_of(target.registration), name_of(target.health),
        target.flows, target.sent_packets, target.returned_packets);
    comma = ",";
  }
  out += fmt::format("],\"not_forwarded\":{{{}}},\"violations\":{{\"total\":{},{}}},",
                     members(kNotForwardedNames, c.not_forwarded), c.all_violations(),
                     members(kViolationNames, c.violations));
  out += "\"violation_notes\":[";
  comma = "";
  for (const std::string& note : balancer.notes()) {
    out += fmt::format("{}\"{}\"", comma, note);
    comma = ",";
  }
  return out + "]}\n";
}

}  // namespace culvert::emulator
