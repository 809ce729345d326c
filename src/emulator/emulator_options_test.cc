#include "emulator/emulator_options.h"

#include <gtest/gtest.h>

#include "config/config_file.h"
#include "emulator/health_checks.h"

namespace culvert::emulator {
namespace {

constexpr std::string_view kWhole = R"(%YAML 1.1
---
endpoints:
  - id: vpce-0123456789abcdef0
    client: {namespace: client, device: gwlbe0}
    internet: {device: gwlbe1}
addresses: [10.9.0.1, 10.9.0.2]
targets: [10.9.0.10]
stickiness: 3-tuple
failover: rebalance
idle-timeout: {tcp: 60s, other: 2m}
deregistration-delay: 0s
health-check: {protocol: http, port: 8080, path: /health/ready, success: 200-299, interval: 500ms,
               timeout: 200ms, healthy-threshold: 2, unhealthy-threshold: 3}
spread: direction
udp-checksum: none
stats: {file: gwlb.json, interval: 100ms}
control: gwlb.sock
)";

TEST(EmulatorOptions, AreReadFromYaml) {
  Complaints complaints;
  const ConfigNode root = parse_config(kWhole, "gwlb.yaml", complaints);
  const EmulatorOptions options = parse_emulator_options(root, complaints);
  for (const Error& error : complaints.errors) ADD_FAILURE() << error.text();
  ASSERT_EQ(options.endpoints.size(), 1u);
  EXPECT_EQ(options.endpoints[0].id, 0x123456789abcdef0u);
  EXPECT_EQ(options.endpoints[0].client.network_namespace, "client");
  EXPECT_EQ(options.endpoints[0].internet.network_namespace, "");
  EXPECT_EQ(options.endpoints[0].internet.device, "gwlbe1");
  EXPECT_EQ(options.addresses, (std::vector<std::uint32_t>{0x0a090001, 0x0a090002}));
  EXPECT_EQ(options.stickiness, Stickiness::kThreeTuple);
  EXPECT_EQ(options.failover, Failover::kRebalance);
  EXPECT_EQ(options.tcp_idle_timeout, std::chrono::seconds(60));
  EXPECT_EQ(options.other_idle_timeout, std::chrono::minutes(2));
  EXPECT_EQ(options.deregistration_delay, std::chrono::seconds(0));
  EXPECT_EQ(options.health_check.protocol, HealthCheckOptions::Protocol::kHttp);
  EXPECT_EQ(options.health_check.highest_success, 299u);
  EXPECT_EQ(options.health_check.interval, std::chrono::milliseconds(500));
  EXPECT_EQ(options.spread, Spread::kDirection);
  EXPECT_EQ(options.udp_checksum, UdpChecksum::kNone);
  EXPECT_EQ(options.control_socket, "gwlb.sock");
  EXPECT_TRUE(unknown_keys(root, nullptr).empty());
}

TEST(EmulatorOptions, ComplainAboutEachMistake) {
  const struct {
    const char* name;
    const char* from;
    const char* to;
  } cases[] = {
      {"endpoint id", "vpce-0123456789abcdef0", "vpce-xyz"},
      {"no device", "device: gwlbe1", "device: \"\""},
      {"address", "10.9.0.2", "10.9.0"},
      {"IPv6 target", "10.9.0.10", "\"::1\""},
      {"stickiness", "3-tuple", "4-tuple"},
      {"reset needs the 5-tuple", "failover: rebalance", "failover: tcp_reset"},
      {"success codes", "200-299", "299-200"},
      {"interval below timeout", "500ms", "100ms"},
      {"path", "/health/ready", "health ready"},
  };
  for (const auto& row : cases) {
    std::string text(kWhole);
    text.replace(text.find(row.from), std::string_view(row.from).size(), row.to);
    Complaints complaints;
    parse_emulator_options(parse_config(text, "gwlb.yaml", complaints), complaints);
    EXPECT_EQ(complaints.errors.size(), 1u) << row.name;
  }
}

TEST(HttpStatus, IsReadOffTheFirstLine) {
  EXPECT_EQ(http_status("HTTP/1.1 200 OK\r\n"), 200u);
  EXPECT_EQ(http_status("HTTP/1.0 503 Service Unavailable\r\n"), 503u);
  for (const char* text : {"", "HTTP/1.1", "HTTP/1.1 2x0 OK", "SSH-2.0-OpenSSH", "HTTP/1.1-200 OK"})
    EXPECT_EQ(http_status(text), 0u) << text;
}

}  // namespace
}  // namespace culvert::emulator
