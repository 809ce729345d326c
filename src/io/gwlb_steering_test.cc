#include "io/gwlb_steering.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "testing/packet_builder.h"

// libpcap's interpreter of the same programs; its header and linux/filter.h define the same names.
struct bpf_insn;
extern "C" unsigned bpf_filter(const bpf_insn*, const unsigned char*, unsigned, unsigned);

namespace culvert {
namespace {

unsigned run(const std::vector<sock_filter>& program, const std::vector<std::byte>& packet) {
  return bpf_filter(reinterpret_cast<const bpf_insn*>(program.data()),
                    reinterpret_cast<const unsigned char*>(packet.data()),
                    static_cast<unsigned>(packet.size()), static_cast<unsigned>(packet.size()));
}

/// As a fanout group sees it: from the outer IP header on.
PacketBuilder outer(std::uint16_t entropy = 50000) {
  return PacketBuilder().ipv4("10.9.0.1", "10.9.0.10").udp(entropy, 6081).geneve(
      0, gwlb_options(1, 2, 3));
}
std::vector<std::byte> v4(const std::string& from, const std::string& to, std::uint16_t source,
                          std::uint16_t destination, std::uint16_t entropy = 50000) {
  return outer(entropy).ipv4(from, to).tcp(source, destination).build();
}
std::vector<std::byte> v6(const std::string& from, const std::string& to, std::uint16_t source,
                          std::uint16_t destination) {
  return outer().ipv6(from, to).tcp(source, destination).build();
}

TEST(GwlbSteering, BothDirectionsGiveTheSame) {
  for (const auto steering : {GwlbSteering::kAddresses, GwlbSteering::kFlow}) {
    const auto program = gwlb_steering_program(steering);
    EXPECT_EQ(run(program, v4("10.0.0.1", "192.0.2.7", 40000, 443)),
              run(program, v4("192.0.2.7", "10.0.0.1", 443, 40000, 60001)));
    EXPECT_EQ(run(program, v6("2001:db8::1", "2001:db8:0:7::2", 40000, 443)),
              run(program, v6("2001:db8:0:7::2", "2001:db8::1", 443, 40000)));
  }
}

TEST(GwlbSteering, FragmentsMeetTheirDatagramsOfTheSameHosts) {
  const auto program = gwlb_steering_program(GwlbSteering::kAddresses);
  const auto later =
      outer().ipv4("10.0.0.1", "192.0.2.7", {.fragment_offset = 800, .protocol = 6}).build();
  EXPECT_EQ(run(program, later), run(program, v4("192.0.2.7", "10.0.0.1", 443, 40000)));
}

TEST(GwlbSteering, SpreadsOverTheWorkers) {
  for (const auto steering : {GwlbSteering::kAddresses, GwlbSteering::kFlow}) {
    const auto program = gwlb_steering_program(steering);
    std::vector<int> hits4(4), hits6(4);
    for (int i = 0; i < 400; ++i) {
      const bool by_port = steering == GwlbSteering::kFlow;
      const int host = by_port ? 1 : i, port = by_port ? 40000 + i : 40000;
      const auto p = static_cast<std::uint16_t>(port);
      ++hits4[run(program, v4("10.0." + std::to_string(host / 250) + "." +
                                  std::to_string(host % 250), "192.0.2.7", p, 443)) % 4];
      ++hits6[run(program, v6("2001:db8::" + std::to_string(host), "2001:db8:0:7::2", p, 443)) % 4];
    }
    for (int worker = 0; worker < 4; ++worker) {
      EXPECT_GT(hits4[static_cast<std::size_t>(worker)], 50);
      EXPECT_GT(hits6[static_cast<std::size_t>(worker)], 50);
    }
  }
}

TEST(GwlbSteering, AnythingElseDoesNoHarm) {
  const auto program = gwlb_steering_program(GwlbSteering::kFlow);
  const auto whole = v4("10.0.0.1", "192.0.2.7", 1, 2);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    run(program, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
  }
}

}  // namespace
}  // namespace culvert
