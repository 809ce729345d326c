// The GENEVE source at one end of a veth pair, the test as the load balancer at the other, in a network
// namespace of the test's own. Needs root.
#include "io/geneve_source.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <algorithm>
#include <map>
#include <optional>

#include "testing/hex.h"
#include "testing/packet_builder.h"

namespace culvert {
namespace {

using namespace std::chrono_literals;

constexpr const char* kGwlbMac = "02:00:00:00:00:01";
constexpr const char* kOurMac = "02:00:00:00:00:02";

bool run(const char* command) { return std::system(command) == 0; }

class GeneveSourceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || ::unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "needs root";
    ASSERT_TRUE(run("ip link set lo up && ip link add us0 mtu 9000 address 02:00:00:00:00:02 "
                    "type veth peer name lb0 mtu 9000 address 02:00:00:00:00:01 && "
                    "ip link set us0 up && ip link set lb0 up && ip addr add 10.9.0.10/24 dev us0"));
    peer_.reset(::socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP)));
    sockaddr_ll name{};
    name.sll_family = AF_PACKET;
    name.sll_protocol = htons(ETH_P_IP);
    name.sll_ifindex = static_cast<int>(::if_nametoindex("lb0"));
    ASSERT_EQ(::bind(peer_.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
    const int one = 1;
    ::setsockopt(peer_.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one);
  }

  void open(GwlbOptions options = {}) {
    options.interface = "us0";
    auto opened = GeneveSource::open(options);
    ASSERT_TRUE(opened) << opened.error().message;
    sources_ = std::move(*opened);
  }
  GeneveSource& source() { return *sources_[0]; }

  static PacketBuilder outer(std::uint64_t endpoint = 0x0aabbccddeeff0011) {
    return PacketBuilder()
        .ethernet(kGwlbMac, kOurMac)
        .ipv4("10.9.0.1", "10.9.0.10")
        .udp(51234, 6081)
        .geneve(0, gwlb_options(endpoint, 7, 0xdeadbeef));
  }
  void send(const std::vector<std::byte>& frame) {
    ASSERT_EQ(::send(peer_.get(), frame.data(), frame.size(), 0),
              static_cast<ssize_t>(frame.size()));
  }
  /// The next frame that came back.
  std::vector<std::byte> returned(int wait_ms = 500) {
    pollfd ready{peer_.get(), POLLIN, 0};
    if (::poll(&ready, 1, wait_ms) <= 0) return {};
    std::vector<std::byte> frame(65536);
    const ssize_t size = ::recv(peer_.get(), frame.data(), frame.size(), 0);
    frame.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return frame;
  }
  static std::vector<std::byte> turned(std::vector<std::byte> frame) {
    std::swap_ranges(frame.begin(), frame.begin() + 6, frame.begin() + 6);
    std::swap_ranges(frame.begin() + 26, frame.begin() + 30, frame.begin() + 30);
    return frame;
  }
  std::uint64_t count(std::string_view name) {
    std::uint64_t sum = 0;
    for (const auto& each : sources_) {
      std::vector<NamedCounter> counters;
      each->append_counters(counters);
      for (const NamedCounter& counter : counters) {
        if (counter.name == name) sum += counter.counter->value();
      }
    }
    return sum;
  }

  Fd peer_;
  std::vector<std::unique_ptr<GeneveSource>> sources_;
  std::vector<Packet> batch_ = std::vector<Packet>(64);
};

TEST_F(GeneveSourceTest, AnAcceptedPacketGoesBackAsItCame) {
  open();
  for (const std::size_t size : {0u, 100u, 1400u, 8800u}) {
    const auto frame = outer().ipv4("10.0.0.1", "192.0.2.1").udp(1, 2).filler(size).build();
    send(frame);
    ASSERT_EQ(source().receive(batch_, 500ms), 1u) << size;
    const Packet& packet = batch_[0];
    EXPECT_EQ(packet.link, LinkType::kRaw);
    EXPECT_EQ(packet.tenant, (Tenant{0x0aabbccddeeff0011, TenantKind::kGwlbEndpoint}));
    EXPECT_EQ(packet.data.size(), 28 + size);
    EXPECT_EQ(to_hex(packet.data), to_hex(Bytes(frame).subspan(14 + 20 + 8 + 40)));
    source().release(std::span(batch_).first(1));
    EXPECT_EQ(to_hex(returned()), to_hex(turned(frame))) << size;
  }
}

TEST_F(GeneveSourceTest, ADroppedPacketDoesNot) {
  open();
  send(outer().ipv4("10.0.0.1", "192.0.2.1").udp(1, 2).build());
  ASSERT_EQ(source().receive(batch_, 500ms), 1u);
  batch_[0].verdict.drop(DropReason::kRules);
  source().release(std::span(batch_).first(1));
  EXPECT_TRUE(returned(50).empty());
  EXPECT_EQ(count("gwlb.dropped"), 1u);
}

TEST_F(GeneveSourceTest, MoreThanTheRingHolds) {
  open({.ring_bytes = 128u << 10});
  const auto frame = outer().ipv4("10.0.0.1", "192.0.2.1").udp(1, 2).build();
  for (int i = 0; i < 100; ++i) {
    send(frame);
    ASSERT_EQ(source().receive(batch_, 500ms), 1u) << i;
    source().release(std::span(batch_).first(1));
    ASSERT_EQ(returned().size(), frame.size()) << i;
  }
  EXPECT_EQ(count("gwlb.returned"), 100u);
}

TEST_F(GeneveSourceTest, OurOwnPacketsGoInTheSameTunnel) {
  open();
  const auto frame = outer().ipv4("10.0.0.1", "192.0.2.1").tcp(1, 2).payload("bad").build();
  send(frame);
  ASSERT_EQ(source().receive(batch_, 500ms), 1u);
  batch_[0].verdict.make_reject(RejectTargets::kSource, DropReason::kRules);
  const auto inner = PacketBuilder().ipv4("192.0.2.1", "10.0.0.1").tcp(2, 1).build();
  ASSERT_TRUE(source().send_to_origin(batch_[0], inner));
  source().release(std::span(batch_).first(1));
  const auto expected = PacketBuilder()
                            .ethernet(kOurMac, kGwlbMac)
                            .ipv4("10.9.0.10", "10.9.0.1", {.id = 0})
                            .udp(51234, 6081, {.checksum = 0})
                            .geneve(0, gwlb_options(0x0aabbccddeeff0011, 7, 0xdeadbeef))
                            .ipv4("192.0.2.1", "10.0.0.1")
                            .tcp(2, 1)
                            .build();
  EXPECT_EQ(to_hex(returned()), to_hex(expected));
  EXPECT_EQ(count("gwlb.injected"), 1u);
}

TEST_F(GeneveSourceTest, MalformedIsCountedByReason) {
  open();
  const auto geneve = [](std::string_view payload) {
    return PacketBuilder()
        .ethernet(kGwlbMac, kOurMac)
        .ipv4("10.9.0.1", "10.9.0.10")
        .udp(51234, 6081)
        .raw(hex(payload))
        .build();
  };
  const std::string tlvs =
      "01080102 0aabbccddeeff001 01080202 1111222233334444 01080301 deadbeef";
  const std::string inner = "45000014000000004011000000000000 00000000";
  const struct {
    const char* counter;
    std::vector<std::byte> frame;
  } cases[] = {
      {"gwlb.malformed.version", geneve("4800 0800 00000000" + tlvs + inner)},
      {"gwlb.malformed.options_length", geneve("3f00 0800 00000000" + tlvs + inner)},
      {"gwlb.malformed.too_small", geneve("0800 08")},
      {"gwlb.malformed.too_small", geneve("")},
      {"gwlb.malformed.option_length", geneve("0100 0800 00000000 01080109" + inner)},
      {"gwlb.malformed.options_missing", geneve("0000 0800 00000000" + inner)},
      {"gwlb.malformed.control", geneve("0880 0800 00000000" + tlvs + inner)},
      {"gwlb.malformed.inner_protocol", geneve("0800 1234 00000000" + tlvs + inner)},
      {"gwlb.malformed.inner_version", geneve("0800 86dd 00000000" + tlvs + inner)},
      {"gwlb.malformed.inner_missing", geneve("0800 0800 00000000" + tlvs)},
      {"gwlb.malformed.outer_fragment",
       PacketBuilder().ethernet(kGwlbMac, kOurMac)
           .ipv4("10.9.0.1", "10.9.0.10", {.more_fragments = true}).udp(1, 6081).build()},
      {"gwlb.malformed.outer_fragment",
       PacketBuilder().ethernet(kGwlbMac, kOurMac)
           .ipv4("10.9.0.1", "10.9.0.10", {.fragment_offset = 8, .protocol = 17})
           .filler(32).build()},
      {"gwlb.malformed.udp_length",
       PacketBuilder().ethernet(kGwlbMac, kOurMac).ipv4("10.9.0.1", "10.9.0.10")
           .udp(1, 6081, {.length = 1000}).build()},
  };
  for (const auto& [counter, frame] : cases) {
    const std::uint64_t before = count(counter);
    send(frame);
    EXPECT_EQ(source().receive(batch_, 50ms), 0u) << counter;
    EXPECT_EQ(count(counter), before + 1) << counter;
  }
  EXPECT_EQ(count("gwlb.received"), 0u);
}

TEST_F(GeneveSourceTest, OddButRightIsTaken) {
  open();
  const std::string inner = "45000014000000004011000000000000 00000000";
  for (const std::string header : {
           // Other order; an unknown option between; an unknown critical one.
           "0800 0800 00000000 01080301 deadbeef 01080202 1111222233334444 01080102 0aabbccddeeff001",
           "0900 0800 00000000 01080102 0aabbccddeeff001 01080400 01080202 1111222233334444 "
           "01080301 deadbeef",
           "0940 0800 00000000 01080102 0aabbccddeeff001 01080202 1111222233334444 "
           "01080301 deadbeef 02228000",
       }) {
    send(PacketBuilder().ethernet(kGwlbMac, kOurMac).ipv4("10.9.0.1", "10.9.0.10")
             .udp(51234, 6081).raw(hex(header + inner)).build());
    ASSERT_EQ(source().receive(batch_, 500ms), 1u) << header;
    EXPECT_EQ(batch_[0].tenant.id, 0x0aabbccddeeff001u) << header;
    source().release(std::span(batch_).first(1));
  }
}

TEST_F(GeneveSourceTest, OnlyEndpointsThatAreServed) {
  open({.endpoints = {5}});
  send(outer(5).ipv4("10.0.0.1", "192.0.2.1").udp(1, 2).build());
  ASSERT_EQ(source().receive(batch_, 500ms), 1u);
  source().release(std::span(batch_).first(1));
  send(outer(6).ipv4("10.0.0.1", "192.0.2.1").udp(1, 2).build());
  EXPECT_EQ(source().receive(batch_, 50ms), 0u);
  EXPECT_EQ(count("gwlb.unknown_endpoint"), 1u);
}

TEST_F(GeneveSourceTest, BothDirectionsMeetAtOneOfSeveralWorkers) {
  open({.workers = 3, .ring_bytes = 1u << 20});
  std::map<std::string, std::size_t> worker_of;
  for (int host = 0; host < 60; ++host) {
    const std::string client = "10.0.0." + std::to_string(host);
    send(outer().ipv4(client, "192.0.2.1").udp(1, 2).build());
    send(outer().ipv4("192.0.2.1", client).udp(2, 1).build());
  }
  std::size_t total = 0;
  std::vector<std::size_t> load(3);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t n = 0; (n = sources_[i]->receive(batch_, 50ms)) > 0;) {
      for (const Packet& packet : std::span(batch_).first(n)) {
        const Bytes a = packet.data.subspan(12, 4), b = packet.data.subspan(16, 4);
        const std::string client = to_hex(a[0] == std::byte{10} ? a : b);
        EXPECT_EQ(worker_of.try_emplace(client, i).first->second, i);
        ++total;
      }
      load[i] += n;
      sources_[i]->release(std::span(batch_).first(n));
    }
  }
  EXPECT_EQ(total, 120u);
  for (const std::size_t packets : load) EXPECT_GT(packets, 10u);
}

TEST_F(GeneveSourceTest, AnInterfaceThatGoesDownIsSeen) {
  open();
  EXPECT_TRUE(source().is_open());
  ASSERT_TRUE(run("ip link set us0 down"));
  source().receive(batch_, 10ms);
  EXPECT_FALSE(source().is_open());
  EXPECT_FALSE(source().error().empty());
  ASSERT_TRUE(run("ip link set us0 up"));
  source().receive(batch_, 10ms);
  EXPECT_TRUE(source().is_open());
}

TEST(GeneveSource, SaysWhatIsWrong) {
  const auto opened = GeneveSource::open({.interface = "nonexistent0"});
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("nonexistent0"), std::string::npos);
}

}  // namespace
}  // namespace culvert
