#include "flow/flow_options.h"

#include <string>
#include <string_view>

#include "net/ip.h"

namespace culvert {
namespace {

using std::chrono::seconds;

constexpr std::string_view kProtocolNames[] = {"default", "tcp", "udp", "icmp"};

void parse_timeouts(const ConfigNode& root, const std::string& path, FlowTimeouts& out,
                    Complaints& complaints) {
  const auto read = [&](std::string_view name, seconds& value) {
    std::string key = path;
    key += name;
    value = seconds(root.integer(key, value.count(), complaints, 0, 0xffffffff));
  };
  read("new", out.fresh);
  read("established", out.established);
  read("closed", out.closed);
  read("bypassed", out.bypassed);
}

}  // namespace

FlowProtocol flow_protocol_of(std::uint8_t protocol) {
  switch (protocol) {
    case ip_proto::kTcp:
      return FlowProtocol::kTcp;
    case ip_proto::kUdp:
      return FlowProtocol::kUdp;
    case ip_proto::kIcmp4:
    case ip_proto::kIcmp6:
      return FlowProtocol::kIcmp;
    default:
      return FlowProtocol::kDefault;
  }
}

FlowOptions parse_flow_options(const ConfigNode& root, const ExceptionPolicyContext& policies,
                               Complaints& complaints) {
  FlowOptions options;
  options.memcap_bytes = root.size("flow.memcap", options.memcap_bytes, complaints, 1024);
  options.memcap_policy = parse_exception_policy(
      root, "flow.memcap-policy", ExceptionTarget::kFlowMemcap, policies, complaints);
  options.hash_size = static_cast<std::uint32_t>(
      root.integer("flow.hash-size", options.hash_size, complaints, 1, 1 << 30));
  options.prealloc = static_cast<std::uint32_t>(
      root.integer("flow.prealloc", options.prealloc, complaints, 0, 1 << 30));
  options.emergency_recovery_percent = static_cast<std::uint8_t>(root.integer(
      "flow.emergency-recovery", options.emergency_recovery_percent, complaints, 1, 100));
  options.vlan_tracking = root.boolean("vlan.use-for-tracking", true, complaints);
  options.recursion_level_tracking =
      root.boolean("decoder.recursion-level.use-for-tracking", true, complaints);
  options.interface_tracking = root.boolean("livedev.use-for-tracking", true, complaints);

  for (std::size_t i = 0; i < kFlowProtocols; ++i) {
    const std::string path = "flow-timeouts." + std::string(kProtocolNames[i]) + ".";
    parse_timeouts(root, path, options.timeouts[i], complaints);
    parse_timeouts(root, path + "emergency-", options.emergency_timeouts[i], complaints);
  }
  return options;
}

}  // namespace culvert
