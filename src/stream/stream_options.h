// Settings of TCP tracking and reassembly: configuration key `stream`.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/config_node.h"
#include "flow/exception_policy.h"
#include "net/address.h"

namespace culvert {

/// How an end host puts overlapping segments together (Shankar and Paxson, "Active Mapping"; Novak
/// and Sturges, "Target-Based TCP Stream Reassembly"). Names as in `host-os-policy`.
enum class OsPolicy : std::uint8_t {
  kBsd, kBsdRight, kOldLinux, kLinux, kOldSolaris, kSolaris, kHpux10, kHpux11, kIrix, kMacOs,
  kWindows, kVista, kWindows2k3,
};

/// `host-os-policy`: the most specific network that has the address decides.
class HostOsPolicies {
 public:
  void add(const IpNetwork& network, OsPolicy policy);
  OsPolicy find(const IpAddress& address) const;

 private:
  std::vector<std::pair<IpNetwork, OsPolicy>> entries_;  ///< longest prefix first
};
HostOsPolicies parse_host_os_policies(const ConfigNode& root, Complaints& complaints);

/// What becomes of the byte that TCP's urgent pointer marks (RFC 6093).
enum class UrgentPolicy : std::uint8_t {
  kDrop,    ///< packets with URG set are dropped (inline), or not reassembled
  kInline,  ///< URG is ignored
  kOob,     ///< the marked byte is not part of the stream
  kGap,     ///< the marked byte is a gap in the stream
};

struct StreamOptions {
  // Per process; a worker takes its share.
  std::uint64_t memcap_bytes = 64u << 20;
  std::uint64_t reassembly_memcap_bytes = 64u << 20;

  bool inline_mode = false;
  bool drop_invalid = true;   ///< inline: a packet that breaks TCP's rules is dropped
  bool midstream = false;
  bool async_oneside = false;
  bool bypass = false;        ///< bypass a flow when it reaches the reassembly depth
  bool checksum_validation = true;
  bool liberal_timestamps = false;
  std::uint8_t max_syn_queued = 10;
  std::uint8_t max_synack_queued = 5;

  std::uint64_t depth_bytes = 0;  ///< per direction; 0: unlimited
  std::uint32_t chunk_size[2] = {2560, 2560};  ///< by Direction, drawn once if randomized
  bool raw = true;                             ///< keep data for rules that look at the raw stream
  bool check_overlap_different_data = false;
  std::uint16_t max_regions = 8;
  UrgentPolicy urgent_policy = UrgentPolicy::kOob;
  UrgentPolicy urgent_oob_limit_policy = UrgentPolicy::kDrop;

  ExceptionPolicy midstream_policy = ExceptionPolicy::kIgnore;
  ExceptionPolicy memcap_policy = ExceptionPolicy::kIgnore;
  ExceptionPolicy reassembly_memcap_policy = ExceptionPolicy::kIgnore;

  HostOsPolicies os_policies;
};

/// `inline_capture`: packets can be dropped (IPS, `--simulate-ips`), which `stream.inline: auto` asks.
StreamOptions parse_stream_options(const ConfigNode& root, const ExceptionPolicyContext& policies,
                                   Complaints& complaints);

}  // namespace culvert
