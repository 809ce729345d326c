#include "emulator/emulator_options.h"

#include <limits>

#include "net/address.h"

namespace culvert::emulator {
namespace {

constexpr ConfigChoice<Stickiness> kStickiness[] = {{"5-tuple", Stickiness::kFiveTuple},
                                                    {"3-tuple", Stickiness::kThreeTuple},
                                                    {"2-tuple", Stickiness::kTwoTuple}};
constexpr ConfigChoice<Failover> kFailover[] = {{"no_rebalance", Failover::kNoRebalance},
                                                {"rebalance", Failover::kRebalance},
                                                {"tcp_reset", Failover::kTcpReset}};
constexpr ConfigChoice<Spread> kSpread[] = {
    {"flow", Spread::kFlow}, {"direction", Spread::kDirection}, {"packet", Spread::kPacket}};
constexpr ConfigChoice<UdpChecksum> kUdpChecksum[] = {{"full", UdpChecksum::kFull},
                                                      {"none", UdpChecksum::kNone}};
using CheckProtocol = HealthCheckOptions::Protocol;
constexpr ConfigChoice<CheckProtocol> kCheckProtocol[] = {
    {"tcp", CheckProtocol::kTcp}, {"http", CheckProtocol::kHttp}, {"none", CheckProtocol::kNone}};

DeviceOptions parse_device(const ConfigNode& node, std::string_view side, Complaints& complaints) {
  const std::string path(side);
  DeviceOptions options{node.text(path + ".namespace"), node.text(path + ".device")};
  constexpr std::size_t kMaxNameBytes = 15;  // IFNAMSIZ without its NUL
  if (options.device.empty() || options.device.size() > kMaxNameBytes)
    node.complain(path + ".device", "the name of a TUN device, at most 15 characters", complaints);
  return options;
}

std::vector<std::uint32_t> parse_addresses(const ConfigNode& root, std::string_view key,
                                           std::size_t limit, Complaints& complaints) {
  std::vector<std::uint32_t> addresses;
  const std::vector<std::string> texts = root.texts(key);
  for (const std::string& text : texts) {
    if (const auto address = parse_v4(text)) {
      addresses.push_back(*address);
    } else {
      complaints.error(std::string(key) + ": " + address.error().message);
    }
  }
  if (texts.empty() || texts.size() > limit)
    complaints.error(std::string(key) + ": needs from 1 to " + std::to_string(limit) +
                     " IPv4 addresses");
  return addresses;
}

void parse_success_codes(const ConfigNode& root, HealthCheckOptions& options,
                         Complaints& complaints) {
  const std::string text = root.text("health-check.success", "200-399");
  const std::size_t dash = text.find('-');
  const ConfigNode* const node = root.find("health-check.success");
  const auto number = [&](const std::string& digits) -> unsigned {
    const bool is_status =
        digits.size() == 3 && digits.find_first_not_of("0123456789") == digits.npos;
    return is_status ? static_cast<unsigned>(std::stoul(digits)) : 0;
  };
  options.lowest_success = number(text.substr(0, dash));
  options.highest_success =
      dash == text.npos ? options.lowest_success : number(text.substr(dash + 1));
  if (options.lowest_success == 0 || options.highest_success < options.lowest_success) {
    if (node != nullptr)
      node->complain("", "a status or a range of them, such as 200-399", complaints);
  }
}

HealthCheckOptions parse_health_check(const ConfigNode& root, Complaints& complaints) {
  HealthCheckOptions options;
  options.protocol =
      root.choice("health-check.protocol", kCheckProtocol, options.protocol, complaints);
  options.port = static_cast<std::uint16_t>(
      root.integer("health-check.port", options.port, complaints, 1, 65535));
  options.path = root.text("health-check.path", options.path);
  if (options.path.find_first_of(" \r\n") != options.path.npos || !options.path.starts_with('/'))
    complaints.error("health-check.path: \"" + options.path +
                     "\" is not a path such as /health/ready");
  options.interval = root.duration("health-check.interval", options.interval, complaints);
  options.timeout = root.duration("health-check.timeout", options.timeout, complaints);
  const auto threshold = [&](std::string_view key, unsigned fallback) {
    return static_cast<unsigned>(root.integer(key, fallback, complaints, 1, 10));
  };
  options.healthy_threshold = threshold("health-check.healthy-threshold", 5);
  options.unhealthy_threshold = threshold("health-check.unhealthy-threshold", 2);
  parse_success_codes(root, options, complaints);
  if (options.interval < options.timeout)
    complaints.error("health-check.interval: must not be less than health-check.timeout");
  return options;
}

std::vector<EndpointOptions> parse_endpoints(const ConfigNode& root, Complaints& complaints) {
  std::vector<EndpointOptions> endpoints;
  for (const ConfigNode& node : root.items("endpoints")) {
    EndpointOptions endpoint;
    if (const auto id = parse_endpoint_id(node.text("id"))) {
      endpoint.id = *id;
    } else {
      node.complain("id", "an endpoint id such as vpce-0123456789abcdef0", complaints);
    }
    for (const EndpointOptions& other : endpoints)
      if (other.id == endpoint.id)
        node.complain("id", "an id that no other endpoint has", complaints);
    endpoint.client = parse_device(node, "client", complaints);
    endpoint.internet = parse_device(node, "internet", complaints);
    endpoints.push_back(std::move(endpoint));
  }
  if (endpoints.empty() || endpoints.size() > EmulatorOptions::kMaxEndpoints)
    complaints.error("endpoints: needs from 1 to 256 of them");
  return endpoints;
}

}  // namespace

Result<std::uint32_t> parse_v4(std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address || !address->is_v4())
    return failure("\"" + std::string(text) + "\" is not an IPv4 address");
  return address->v4_value();
}

std::string v4_text(std::uint32_t address) { return IpAddress::v4(address).text(); }

EmulatorOptions parse_emulator_options(const ConfigNode& root, Complaints& complaints) {
  EmulatorOptions options;
  options.endpoints = parse_endpoints(root, complaints);
  options.addresses =
      parse_addresses(root, "addresses", EmulatorOptions::kMaxAddresses, complaints);
  options.targets = parse_addresses(root, "targets", EmulatorOptions::kMaxTargets, complaints);
  options.stickiness = root.choice("stickiness", kStickiness, options.stickiness, complaints);
  options.failover = root.choice("failover", kFailover, options.failover, complaints);
  options.reset_on_idle_timeout = root.boolean("reset-on-idle-timeout", false, complaints);
  options.tcp_idle_timeout =
      root.duration("idle-timeout.tcp", options.tcp_idle_timeout, complaints);
  options.other_idle_timeout =
      root.duration("idle-timeout.other", options.other_idle_timeout, complaints);
  options.deregistration_delay =
      root.duration("deregistration-delay", options.deregistration_delay, complaints);
  options.health_check = parse_health_check(root, complaints);
  options.spread = root.choice("spread", kSpread, options.spread, complaints);
  options.udp_checksum =
      root.choice("udp-checksum", kUdpChecksum, options.udp_checksum, complaints);
  options.max_inner_bytes = root.size("max-inner", options.max_inner_bytes, complaints, 68, 65000);
  options.max_flows = static_cast<std::uint32_t>(root.integer(
      "max-flows", options.max_flows, complaints, 1, std::numeric_limits<std::int32_t>::max()));
  options.stats_file = root.text("stats.file");
  options.stats_interval = root.duration("stats.interval", options.stats_interval, complaints);
  options.control_socket = root.text("control");
  if (options.failover == Failover::kTcpReset && options.stickiness != Stickiness::kFiveTuple)
    complaints.error("failover: tcp_reset needs 5-tuple stickiness, as with GWLB");
  return options;
}

}  // namespace culvert::emulator
