// Settings of defragmentation: configuration key `defrag`, and `host-os-policy`.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/config_node.h"
#include "flow/exception_policy.h"
#include "net/address.h"
#include "stream/stream_options.h"

namespace culvert {

/// Which of two fragments that overlap an end host keeps (Novak, "Target-Based Fragmentation
/// Reassembly", 2005).
enum class FragmentPolicy : std::uint8_t {
  kFirst,     ///< what came first stays
  kLast,      ///< what comes later wins
  kBsd,       ///< the one that begins further left; at the same place what came first
  kBsdRight,  ///< the one that begins further right; at the same place what came later
  kLinux,     ///< the one that begins further left; at the same place what came later
  kWindows,   ///< what came first, unless a later one begins before it and ends behind it
  kSolaris,   ///< what came first, unless a later one begins before it and reaches its end
};
FragmentPolicy fragment_policy_of(OsPolicy os);

struct DefragOptions {
  std::uint64_t memcap_bytes = 16u << 20;  ///< of the process; a worker takes its share
  ExceptionPolicy memcap_policy = ExceptionPolicy::kIgnore;
  std::uint32_t max_trackers = 65535;      ///< datagrams under way at a time
  std::uint32_t max_fragments = 65535;     ///< of all of them together
  std::chrono::seconds timeout{60};        ///< from the first fragment on
  HostOsPolicies os_policies;
  std::vector<std::pair<IpNetwork, std::chrono::seconds>> host_timeouts;  ///< longest prefix first

  FragmentPolicy policy_for(const IpAddress& destination) const {
    return fragment_policy_of(os_policies.find(destination));
  }
  std::chrono::seconds timeout_for(const IpAddress& destination) const;
};

DefragOptions parse_defrag_options(const ConfigNode& root, const ExceptionPolicyContext& policies,
                                   Complaints& complaints);

}  // namespace culvert
