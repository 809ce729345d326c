#include "stream/stream_options.h"

#include <algorithm>
#include <random>
#include <string>

namespace culvert {
namespace {

constexpr ConfigChoice<UrgentPolicy> kUrgentPolicies[] = {{"oob", UrgentPolicy::kOob},
                                                          {"inline", UrgentPolicy::kInline},
                                                          {"drop", UrgentPolicy::kDrop},
                                                          {"gap", UrgentPolicy::kGap}};
struct OsName {
  std::string_view name;
  OsPolicy policy;
};
constexpr OsName kOsNames[] = {
    {"bsd", OsPolicy::kBsd},         {"bsd-right", OsPolicy::kBsdRight},
    {"old-linux", OsPolicy::kOldLinux}, {"linux", OsPolicy::kLinux},
    {"old-solaris", OsPolicy::kOldSolaris}, {"solaris", OsPolicy::kSolaris},
    {"hpux10", OsPolicy::kHpux10},   {"hpux11", OsPolicy::kHpux11},
    {"irix", OsPolicy::kIrix},       {"macos", OsPolicy::kMacOs},
    {"windows", OsPolicy::kWindows}, {"vista", OsPolicy::kVista},
    {"windows2k3", OsPolicy::kWindows2k3},
};

/// "yes", "no", or "auto": as the capture is; so too when it is not said.
bool parse_inline(const ConfigNode& root, bool inline_capture, Complaints& complaints) {
  const std::string word = root.text("stream.inline", "auto");
  if (word == "auto" || word == "AUTO" || word == "Auto") return inline_capture;
  return root.boolean("stream.inline", false, complaints);
}

/// A chunk size that differs from run to run, so that nobody can arrange data around its edge.
std::uint32_t randomized(std::uint32_t size, std::int64_t range_percent) {
  std::random_device device;
  const std::int64_t spread = std::int64_t{size} * range_percent / 100;
  std::uniform_int_distribution<std::int64_t> distribution(-spread, spread);
  return static_cast<std::uint32_t>(std::max<std::int64_t>(size + distribution(device), 1));
}

}  // namespace

void HostOsPolicies::add(const IpNetwork& network, OsPolicy policy) {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return entry.first.prefix < network.prefix;
  });
  entries_.insert(at, {network, policy});
}

OsPolicy HostOsPolicies::find(const IpAddress& address) const {
  for (const auto& [network, policy] : entries_) {
    if (network.contains(address)) return policy;
  }
  return OsPolicy::kBsd;
}

HostOsPolicies parse_host_os_policies(const ConfigNode& root, Complaints& complaints) {
  HostOsPolicies policies;
  for (const ConfigNode& os : root.items("host-os-policy")) {
    const auto* const known = std::find_if(std::begin(kOsNames), std::end(kOsNames),
                                           [&](const OsName& name) { return name.name == os.name(); });
    if (known == std::end(kOsNames)) {
      os.complain("", "a target: bsd, bsd-right, old-linux, linux, old-solaris, solaris, hpux10, "
                      "hpux11, irix, macos, windows, vista or windows2k3", complaints);
      continue;
    }
    os.mark_asked();
    for (const std::string& text : os.texts("")) {
      if (const auto network = IpNetwork::parse(text)) {
        policies.add(*network, known->policy);
      } else {
        os.complain("", "a list of addresses and networks", complaints);
      }
    }
  }
  return policies;
}

StreamOptions parse_stream_options(const ConfigNode& root, const ExceptionPolicyContext& policies,
                                   Complaints& complaints) {
  StreamOptions options;
  options.memcap_bytes = root.size("stream.memcap", 64_MiB, complaints);
  options.reassembly_memcap_bytes = root.size("stream.reassembly.memcap", 256_MiB, complaints);
  options.inline_mode = parse_inline(root, policies.inline_mode, complaints);
  options.drop_invalid = root.boolean("stream.drop-invalid", true, complaints);
  options.midstream = root.boolean("stream.midstream", false, complaints);
  options.async_oneside = root.boolean("stream.async-oneside", false, complaints);
  options.bypass = root.boolean("stream.bypass", false, complaints);
  options.checksum_validation = root.boolean("stream.checksum-validation", true, complaints);
  options.liberal_timestamps = root.boolean("stream.liberal-timestamps", true, complaints);
  options.max_syn_queued =
      static_cast<std::uint8_t>(root.integer("stream.max-syn-queued", 10, complaints, 0, 32));
  options.max_synack_queued =
      static_cast<std::uint8_t>(root.integer("stream.max-synack-queued", 5, complaints, 0, 32));
  options.depth_bytes = root.size("stream.reassembly.depth", 0, complaints);
  const bool randomize = root.boolean("stream.reassembly.randomize-chunk-size", true, complaints);
  const std::int64_t range =
      root.integer("stream.reassembly.randomize-chunk-range", 10, complaints, 1, 100);
  constexpr std::string_view kChunkKeys[] = {"stream.reassembly.toserver-chunk-size",
                                             "stream.reassembly.toclient-chunk-size"};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto size = static_cast<std::uint32_t>(root.size(kChunkKeys[i], 2560, complaints, 1, 1u << 30));
    options.chunk_size[i] = randomize ? randomized(size, range) : size;
  }
  options.raw = root.boolean("stream.reassembly.raw", true, complaints);
  options.check_overlap_different_data =
      root.boolean("stream.reassembly.check-overlap-different-data", false, complaints);
  options.max_regions =
      static_cast<std::uint16_t>(root.integer("stream.reassembly.max-regions", 8, complaints, 0, 65535));
  options.urgent_policy = root.choice("stream.reassembly.urgent.policy", kUrgentPolicies,
                                      UrgentPolicy::kInline, complaints);
  options.urgent_oob_limit_policy =
      root.choice("stream.reassembly.urgent.oob-limit-policy", kUrgentPolicies,
                  UrgentPolicy::kDrop, complaints);
  options.midstream_policy =
      parse_exception_policy(root, "stream.midstream-policy", ExceptionTarget::kMidstream, policies,
                             complaints, options.midstream);
  options.memcap_policy = parse_exception_policy(
      root, "stream.memcap-policy", ExceptionTarget::kStreamMemcap, policies, complaints);
  options.reassembly_memcap_policy =
      parse_exception_policy(root, "stream.reassembly.memcap-policy",
                             ExceptionTarget::kStreamReassemblyMemcap, policies, complaints);
  options.os_policies = parse_host_os_policies(root, complaints);
  for (const char* key : {"stream.prealloc-sessions", "stream.reassembly.segment-prealloc"}) {
    static_cast<void>(root.has(key));
    if (const ConfigNode* node = root.find(key)) node->mark_asked();  // pools grow as needed
  }
  return options;
}

}  // namespace culvert
