#include "emulator/balancer.h"

#include <gtest/gtest.h>

#include <set>

#include "emulator/statistics.h"
#include "emulator/test_packets.h"

namespace culvert::emulator {
namespace {

using std::chrono::seconds;
using What = Forwarded::What;

constexpr std::uint32_t kGwlb = 0x0a090001;
constexpr std::uint32_t kTarget = 0x0a09000a, kOtherTarget = 0x0a09000b;

EmulatorOptions make_options() {
  EmulatorOptions options;
  options.endpoints = {{.id = 0xaaa, .client = {}, .internet = {}},
                       {.id = 0xbbb, .client = {}, .internet = {}}};
  options.addresses = {kGwlb};
  options.targets = {kTarget};
  options.health_check.protocol = HealthCheckOptions::Protocol::kNone;
  return options;
}

/// A balancer and what was last sent to its targets.
class Bench {
 public:
  explicit Bench(const EmulatorOptions& options = make_options()) : balancer(options, 1) {}

  /// Sends a packet into an endpoint; returns the datagram for the target, or nothing.
  Buffer send(const Buffer& inner, Side from = Side::kClient, std::size_t endpoint = 0) {
    Buffer datagram(kEncapsulationBytes);
    last = balancer.forward(endpoint, from, inner, now,
                            std::span<std::byte, kEncapsulationBytes>(datagram));
    if (last.what != What::kSend) return {};
    datagram.insert(datagram.end(), inner.begin(), inner.end());
    return datagram;
  }
  bool returns(const Buffer& datagram) { return balancer.accept(datagram, true, now).has_value(); }
  std::uint64_t count(Violation violation) const { return balancer.counters().of(violation); }
  std::uint64_t count(NotForwarded reason) const { return balancer.counters().of(reason); }

  Balancer balancer;
  EmulatorTime now{0};
  Forwarded last;
};

TestPacket syn() {
  return {.protocol = 6, .destination_port = 443, .tcp_flags = 0x02, .payload = ""};
}
TestPacket syn_ack() {
  return {.source = "198.51.100.1",
          .destination = "10.0.0.1",
          .protocol = 6,
          .source_port = 443,
          .destination_port = 40000,
          .tcp_flags = 0x12,
          .acknowledgment = 1001,
          .payload = ""};
}
TestPacket tcp_data() {
  return {
      .protocol = 6, .destination_port = 443, .tcp_flags = 0x18, .sequence = 1001, .payload = "x"};
}

std::uint32_t cookie_of(const Buffer& datagram) { return parse_returned(datagram)->cookie; }

TEST(Balancer, IsABumpInTheWire) {
  Bench bench;
  const Buffer query = make_packet({});
  const Buffer answer = make_packet({.source = "198.51.100.1",
                                     .destination = "10.0.0.1",
                                     .source_port = 53,
                                     .destination_port = 40000});
  const Buffer out = bench.send(query);
  const Buffer returned = return_in_place(out);
  const auto delivery = bench.balancer.accept(returned, true, bench.now);
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->side, Side::kInternet);
  EXPECT_EQ(Buffer(delivery->inner.begin(), delivery->inner.end()), query);

  const Buffer back = bench.send(answer, Side::kInternet);
  const Buffer returned_answer = return_in_place(back);
  const auto other = bench.balancer.accept(returned_answer, true, bench.now);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->side, Side::kClient);
  EXPECT_EQ(cookie_of(out), cookie_of(back)) << "both directions have one cookie";
  EXPECT_NE(parse_returned(out)->source_port, parse_returned(back)->source_port)
      << "but not promised one port";
  EXPECT_EQ(bench.balancer.flow_count(), 1u);
  EXPECT_EQ(bench.balancer.counters().all_violations(), 0u);
}

TEST(Balancer, KeepsEndpointsApart) {
  Bench bench;
  const Buffer packet = make_packet({});
  const Buffer first = bench.send(packet, Side::kClient, 0);
  const Buffer second = bench.send(packet, Side::kClient, 1);
  EXPECT_EQ(bench.balancer.flow_count(), 2u);
  EXPECT_NE(cookie_of(first), cookie_of(second));
  const auto delivery = bench.balancer.accept(return_in_place(second), true, bench.now);
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->endpoint_index, 1u);
}

TEST(Balancer, CountsEachViolation) {
  const auto set = set_byte;
  const SpoiledPacket cases[] = {
      {"from a stranger", set(15, 99), Violation::kNotFromTarget},
      {"to another address of ours", set(19, 99), Violation::kGwlbAddress},
      {"another source port", set(21, 0xfe), Violation::kSourcePort},
      {"another endpoint of ours", set(47, 0xbb), Violation::kUnknownFlow},
      {"no endpoint of ours", set(47, 0xcc), Violation::kUnknownEndpoint},
      {"another attachment", set(59, 0x77), Violation::kGeneveHeader},
      {"another cookie", set(67, 0x77), Violation::kGeneveHeader},
      {"a VNI", set(32, 1), Violation::kGeneveHeader},
      {"the inner TTL", set(68 + 8, 3), Violation::kInnerModified},
      {"the inner payload", set(68 + 30, 'X'), Violation::kInnerModified},
      {"the inner address", set(68 + 19, 9), Violation::kUnknownFlow},
  };
  for (const auto& row : cases) {
    Bench bench;
    Buffer datagram = return_in_place(bench.send(make_packet({})));
    row.change(datagram);
    if (row.expected == Violation::kUnknownFlow && std::string_view(row.name).ends_with("ours")) {
      datagram[46] = std::byte{0x0b};  // 0xbbb
    }
    fix_outer_checksums(datagram);
    EXPECT_FALSE(bench.returns(datagram)) << row.name;
    EXPECT_EQ(bench.count(row.expected), 1u) << row.name;
    EXPECT_EQ(bench.balancer.counters().all_violations(), 1u) << row.name;
    EXPECT_EQ(bench.balancer.notes().size(), 1u);
  }
}

TEST(Balancer, TakesAPacketBackOnce) {
  Bench bench;
  const Buffer packet = make_packet({});
  const Buffer datagram = return_in_place(bench.send(packet));
  EXPECT_TRUE(bench.returns(datagram));
  EXPECT_FALSE(bench.returns(datagram));
  EXPECT_EQ(bench.count(Violation::kDuplicate), 1u);
  bench.send(packet);  // the same bytes again, as with IPv6 and no changing field
  EXPECT_TRUE(bench.returns(datagram));
}

TEST(Balancer, DropsWhatIsOver8500Bytes) {
  Bench bench;
  const std::string payload(8500 - 28, 'x');
  EXPECT_FALSE(bench.send(make_packet({.payload = payload})).empty());
  EXPECT_TRUE(bench.send(make_packet({.payload = payload + "x"})).empty());
  EXPECT_EQ(bench.count(NotForwarded::kTooLarge), 1u);
  const Buffer out = bench.send(make_packet({}));
  EXPECT_FALSE(bench.returns(return_with_inner(out, make_packet({.payload = payload + "x"}))));
  EXPECT_EQ(bench.count(Violation::kInnerTooLarge), 1u);
}

TEST(Balancer, LetsAnApplianceResetAKnownFlow) {
  Bench bench;
  const Buffer client = bench.send(make_packet(syn()));
  const Buffer server = bench.send(make_packet(syn_ack()), Side::kInternet);
  TestPacket to_client = syn_ack();
  to_client.tcp_flags = 0x14;
  TestPacket to_server = tcp_data();
  to_server.tcp_flags = 0x04;
  to_server.payload = "";
  // With the header of either direction.
  for (const Buffer& borrowed : {client, server}) {
    auto delivery =
        bench.balancer.accept(return_with_inner(borrowed, make_packet(to_client)), true, bench.now);
    ASSERT_TRUE(delivery);
    EXPECT_EQ(delivery->side, Side::kClient);
    delivery =
        bench.balancer.accept(return_with_inner(borrowed, make_packet(to_server)), true, bench.now);
    ASSERT_TRUE(delivery);
    EXPECT_EQ(delivery->side, Side::kInternet);
  }
  EXPECT_EQ(bench.balancer.counters().made_resets, 4u);

  Buffer wrong = make_packet(to_client);
  wrong[36] ^= std::byte{1};
  EXPECT_FALSE(bench.returns(return_with_inner(client, wrong)));
  EXPECT_EQ(bench.count(Violation::kMadeChecksum), 1u);
  to_client.destination_port = 1;  // a connection that was never there
  EXPECT_FALSE(bench.returns(return_with_inner(client, make_packet(to_client))));
  EXPECT_EQ(bench.count(Violation::kUnknownFlow), 1u);
  to_server.tcp_flags = 0x18;  // data of its own
  EXPECT_FALSE(bench.returns(return_with_inner(client, make_packet(to_server))));
  EXPECT_EQ(bench.count(Violation::kInnerModified), 1u);
}

TEST(Balancer, LetsAnApplianceSendIcmpErrorsAboutAKnownFlow) {
  Bench bench;
  const Buffer query = make_packet({});
  const Buffer out = bench.send(query);
  const Buffer error = make_unreachable("198.51.100.1", query);
  const Buffer returned = return_with_inner(out, error);
  const auto delivery = bench.balancer.accept(returned, true, bench.now);
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->side, Side::kClient);
  EXPECT_EQ(bench.balancer.counters().made_icmp_errors, 1u);
  const Buffer stranger = make_unreachable("198.51.100.1", make_packet({.source_port = 1}));
  EXPECT_FALSE(bench.returns(return_with_inner(out, stranger)));
  EXPECT_EQ(bench.count(Violation::kUnknownFlow), 1u);
}

TEST(Balancer, WantsTheLatestCookieOnWhatAnApplianceMakes) {
  Bench bench;
  const Buffer before = bench.send(make_packet(syn()));
  bench.balancer.change_cookies();
  EXPECT_TRUE(bench.returns(return_in_place(before))) << "what was on its way may return";
  const Buffer after = bench.send(make_packet(tcp_data()));
  EXPECT_NE(cookie_of(before), cookie_of(after));
  EXPECT_TRUE(bench.returns(return_in_place(after)));
  TestPacket reset = syn_ack();
  reset.tcp_flags = 0x14;
  EXPECT_FALSE(bench.returns(return_with_inner(before, make_packet(reset))));
  EXPECT_EQ(bench.count(Violation::kStaleCookie), 1u);
  EXPECT_TRUE(bench.returns(return_with_inner(after, make_packet(reset))));
}

TEST(Balancer, GivesReusedPortsANewCookie) {
  Bench bench;
  const std::uint32_t cookie = cookie_of(bench.send(make_packet(syn())));
  EXPECT_EQ(cookie_of(bench.send(make_packet(syn()))), cookie) << "only sent again";
  TestPacket fin = tcp_data();
  fin.tcp_flags = 0x11;
  bench.send(make_packet(fin));
  EXPECT_NE(cookie_of(bench.send(make_packet(syn()))), cookie);
}

TEST(Balancer, SpreadsOverItsAddresses) {
  for (const Spread spread : {Spread::kFlow, Spread::kDirection, Spread::kPacket}) {
    EmulatorOptions options = make_options();
    options.addresses = {kGwlb, kGwlb + 1, kGwlb + 2};
    options.spread = spread;
    Bench bench(options);
    std::set<std::uint32_t> client, both;
    for (int i = 0; i < 8; ++i) {
      const Buffer out = bench.send(make_packet({}));
      const Buffer back = bench.send(make_packet({.source = "198.51.100.1",
                                                  .destination = "10.0.0.1",
                                                  .source_port = 53,
                                                  .destination_port = 40000}),
                                     Side::kInternet);
      client.insert(parse_returned(out)->source);
      both.insert({parse_returned(out)->source, parse_returned(back)->source});
      EXPECT_TRUE(bench.returns(return_in_place(out)));
      EXPECT_TRUE(bench.returns(return_in_place(back)));
    }
    EXPECT_EQ(client.size(), spread == Spread::kPacket ? 3u : 1u);
    EXPECT_EQ(both.size(), spread == Spread::kFlow ? 1u : spread == Spread::kDirection ? 2u : 3u);
    const std::uint32_t before = parse_returned(bench.send(make_packet({})))->source;
    bench.balancer.change_addresses();
    if (spread == Spread::kFlow) {
      EXPECT_NE(parse_returned(bench.send(make_packet({})))->source, before);
    }
  }
}

TEST(Balancer, SticksByTheTuple) {
  const struct {
    Stickiness stickiness;
    std::size_t flows;
  } cases[] = {
      {Stickiness::kFiveTuple, 3}, {Stickiness::kThreeTuple, 2}, {Stickiness::kTwoTuple, 1}};
  for (const auto& row : cases) {
    EmulatorOptions options = make_options();
    options.stickiness = row.stickiness;
    Bench bench(options);
    bench.send(make_packet({.source_port = 1}));
    bench.send(make_packet({.source_port = 2}));
    bench.send(make_packet(syn()));
    EXPECT_EQ(bench.balancer.flow_count(), row.flows);
  }
}

TEST(Balancer, ForgetsIdleFlows) {
  Bench bench;
  const std::uint32_t cookie = cookie_of(bench.send(make_packet({})));
  bench.send(make_packet(syn()));
  bench.now = seconds(121);
  EXPECT_NE(cookie_of(bench.send(make_packet({}))), cookie) << "UDP begins anew";
  bench.now = seconds(351);
  EXPECT_TRUE(bench.send(make_packet(tcp_data())).empty());
  EXPECT_EQ(bench.last.what, What::kNothing);
  EXPECT_EQ(bench.count(NotForwarded::kNoFlow), 1u);
  EXPECT_FALSE(bench.send(make_packet(syn())).empty());
  bench.now = seconds(3000);
  bench.balancer.advance(bench.now);
  EXPECT_EQ(bench.balancer.flow_count(), 0u);
  EXPECT_TRUE(bench.send(make_packet(syn_ack()), Side::kInternet).empty())
      << "only the return direction";
}

TEST(Balancer, ResetsIdleFlowsWhenTold) {
  EmulatorOptions options = make_options();
  options.reset_on_idle_timeout = true;
  Bench bench(options);
  bench.send(make_packet(syn()));
  bench.now = seconds(351);
  bench.send(make_packet(tcp_data()));
  ASSERT_EQ(bench.last.what, What::kReply);
  const auto reset = InnerPacket::parse(bench.last.reply);
  ASSERT_TRUE(reset);
  EXPECT_TRUE(has_right_checksums(bench.last.reply, *reset));
  EXPECT_EQ(reset->destination.text(), "10.0.0.1");
  EXPECT_EQ(reset->tcp_flags, kTcpRst);
  EXPECT_EQ(reset->tcp_sequence, 0u) << "of the acknowledgment";
  EXPECT_EQ(bench.balancer.flow_count(), 0u);
}

TEST(Balancer, FailsOverAsTold) {
  const struct {
    Failover failover;
    What after;
    bool moves;
  } cases[] = {{Failover::kNoRebalance, What::kSend, false},
               {Failover::kRebalance, What::kSend, true},
               {Failover::kTcpReset, What::kReply, false}};
  for (const auto& row : cases) {
    EmulatorOptions options = make_options();
    options.targets = {kTarget, kOtherTarget};
    options.failover = row.failover;
    Bench bench(options);
    const Buffer first = bench.send(make_packet(syn()));
    const std::uint32_t target = bench.last.target;
    const std::uint32_t other = target == kTarget ? kOtherTarget : kTarget;
    bench.balancer.set_health(target, Health::kUnhealthy);
    const Buffer second = bench.send(make_packet(tcp_data()));
    EXPECT_EQ(bench.last.what, row.after);
    if (row.after != What::kSend) continue;
    EXPECT_EQ(bench.last.target, row.moves ? other : target);
    EXPECT_EQ(cookie_of(first) != cookie_of(second), row.moves);
    EXPECT_EQ(bench.balancer.counters().rebalanced_flows, row.moves ? 1u : 0u);
  }
}

TEST(Balancer, DrainsADeregisteredTarget) {
  EmulatorOptions options = make_options();
  options.targets = {kTarget, kOtherTarget};
  options.deregistration_delay = seconds(30);
  Bench bench(options);
  bench.send(make_packet(syn()));
  const std::uint32_t target = bench.last.target;
  ASSERT_TRUE(bench.balancer.deregister_target(target, bench.now));
  bench.send(make_packet(tcp_data()));
  EXPECT_EQ(bench.last.target, target) << "flows stay while it drains";
  for (std::uint16_t port = 1; port < 20; ++port) {
    bench.send(make_packet({.source_port = port}));
    EXPECT_NE(bench.last.target, target) << "new ones go elsewhere";
  }
  bench.now = seconds(31);
  bench.balancer.advance(bench.now);
  bench.send(make_packet(tcp_data()));
  EXPECT_EQ(bench.last.what, What::kNothing);
  EXPECT_EQ(bench.count(NotForwarded::kTargetGone), 1u);
}

TEST(Balancer, DropsWhatNoRouteLeadsToAnEndpoint) {
  Bench bench;
  bench.send(make_packet({.destination = "224.0.0.251"}));
  bench.send(make_packet({.source = "fe80::1", .destination = "2001:db8::1"}));
  bench.send(make_packet({.source = "2001:db8::1", .destination = "ff02::2"}));
  EXPECT_EQ(bench.count(NotForwarded::kNotRoutable), 3u);
  bench.send({});
  EXPECT_EQ(bench.count(NotForwarded::kMalformed), 1u);
}

TEST(Statistics, AreOneJsonObject) {
  Bench bench;
  bench.returns(return_in_place(bench.send(make_packet({}))));
  const std::string json = statistics_json(bench.balancer, seconds(2), 0);
  EXPECT_NE(json.find("\"returned_packets\":1"), json.npos) << json;
  EXPECT_NE(json.find("\"violations\":{\"total\":0,"), json.npos) << json;
  EXPECT_NE(json.find("\"address\":\"10.9.0.10\""), json.npos) << json;
}

}  // namespace
}  // namespace culvert::emulator
