#include "defrag/defrag_options.h"

#include <algorithm>

namespace culvert {

FragmentPolicy fragment_policy_of(OsPolicy os) {
  switch (os) {
    case OsPolicy::kBsd:
    case OsPolicy::kHpux10:
    case OsPolicy::kIrix:
      return FragmentPolicy::kBsd;
    case OsPolicy::kBsdRight:
      return FragmentPolicy::kBsdRight;
    case OsPolicy::kOldLinux:
    case OsPolicy::kLinux:
      return FragmentPolicy::kLinux;
    case OsPolicy::kSolaris:
      return FragmentPolicy::kSolaris;
    case OsPolicy::kWindows:
    case OsPolicy::kVista:
    case OsPolicy::kWindows2k3:
      return FragmentPolicy::kWindows;
    case OsPolicy::kOldSolaris:
    case OsPolicy::kHpux11:
    case OsPolicy::kMacOs:
      return FragmentPolicy::kFirst;
  }
  return FragmentPolicy::kBsd;
}

std::chrono::seconds DefragOptions::timeout_for(const IpAddress& destination) const {
  for (const auto& [network, limit] : host_timeouts) {
    if (network.contains(destination)) return limit;
  }
  return timeout;
}

DefragOptions parse_defrag_options(const ConfigNode& root, const ExceptionPolicyContext& policies,
                                   Complaints& complaints) {
  DefragOptions options;
  options.memcap_bytes = root.size("defrag.memcap", options.memcap_bytes, complaints, 64_KiB);
  options.memcap_policy = parse_exception_policy(root, "defrag.memcap-policy",
                                                 ExceptionTarget::kDefragMemcap, policies,
                                                 complaints);
  constexpr std::int64_t kMost = 1 << 24;
  options.max_trackers = static_cast<std::uint32_t>(
      root.integer("defrag.trackers", options.max_trackers, complaints, 1, kMost));
  options.max_fragments = static_cast<std::uint32_t>(
      root.integer("defrag.max-frags", options.max_fragments, complaints, 1, kMost));
  options.timeout =
      std::chrono::seconds(root.integer("defrag.timeout", 60, complaints, 1, 86400));
  options.os_policies = parse_host_os_policies(root, complaints);
  for (const auto& host : root.named_items("defrag.host-config")) {
    const std::chrono::seconds limit(
        host.settings->integer("timeout", options.timeout.count(), complaints, 1, 86400));
    for (const std::string& text : host.settings->texts("address")) {
      if (const auto network = IpNetwork::parse(text)) {
        options.host_timeouts.emplace_back(*network, limit);
      } else {
        host.settings->complain("address", "a list of addresses and networks", complaints);
      }
    }
  }
  std::stable_sort(options.host_timeouts.begin(), options.host_timeouts.end(),
                   [](const auto& a, const auto& b) { return a.first.prefix > b.first.prefix; });
  // Room for what is made at start is taken as needed.
  for (const char* key : {"defrag.hash-size", "defrag.prealloc"}) root.find(key);
  return options;
}

}  // namespace culvert
