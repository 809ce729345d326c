#include "flow/flow_table.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace culvert {
namespace {

using std::chrono::seconds;

struct Recorder final : FlowObserver {
  bool starts_new_flow(const Packet&, const Flow&) override { return reuse; }
  void on_flow_end(Flow& flow) override { ended.push_back(flow.end_reason); }
  bool reuse = false;
  std::vector<FlowEndReason> ended;
};

Packet udp_packet(std::uint32_t source, std::uint16_t source_port, std::uint32_t destination,
                  std::uint16_t destination_port, std::int64_t second) {
  Packet packet;
  packet.layer3 = Layer3::kIpv4;
  packet.layer4 = Layer4::kUdp;
  packet.ip_proto = 17;
  packet.source = IpAddress::v4(source);
  packet.destination = IpAddress::v4(destination);
  packet.source_port = source_port;
  packet.destination_port = destination_port;
  packet.time = make_timestamp(second);
  return packet;
}

class FlowTableTest : public ::testing::Test {
 protected:
  FlowTableTest() {
    options.prealloc = 100;
    options.hash_size = 16;
  }
  FlowOptions options = [] {
    Complaints complaints;
    return parse_flow_options(ConfigNode{}, {}, complaints);
  }();
  Recorder recorder;
  FlowCounters counters;
};

TEST_F(FlowTableTest, BothDirectionsMeet) {
  FlowTable table(options, recorder, counters, 1);
  Packet request = udp_packet(20, 4000, 10, 53, 1000);
  Packet reply = udp_packet(10, 53, 20, 4000, 1001);
  EXPECT_EQ(table.find_or_create(request), FlowTable::Outcome::kCreated);
  EXPECT_EQ(request.direction, Direction::kToServer);
  EXPECT_FALSE(request.established);
  EXPECT_EQ(table.find_or_create(reply), FlowTable::Outcome::kFound);
  EXPECT_EQ(reply.direction, Direction::kToClient);
  EXPECT_TRUE(reply.established);
  ASSERT_EQ(request.flow, reply.flow);
  EXPECT_EQ(reply.flow->client().v4_value(), 20u);
  EXPECT_EQ(reply.flow->server_port(), 53);
  EXPECT_EQ(reply.flow->state, FlowState::kEstablished);
  EXPECT_EQ(reply.flow->side(Direction::kToServer).packets, 1u);
}

TEST_F(FlowTableTest, TenantsNeverMeet) {
  FlowTable table(options, recorder, counters, 1);
  Packet one = udp_packet(20, 4000, 10, 53, 1000), two = one;
  one.tenant = {1, TenantKind::kGwlbEndpoint};
  two.tenant = {2, TenantKind::kGwlbEndpoint};
  table.find_or_create(one);
  table.find_or_create(two);
  EXPECT_NE(one.flow, two.flow);
}

TEST_F(FlowTableTest, SilenceEndsAFlow) {
  FlowTable table(options, recorder, counters, 1);
  Packet request = udp_packet(20, 4000, 10, 53, 1000);
  table.find_or_create(request);
  EXPECT_EQ(table.expire(make_timestamp(1029), 100), 0u);
  EXPECT_EQ(table.expire(make_timestamp(1030), 100), 0u) << "the wheel ticks after the second";
  EXPECT_EQ(table.expire(make_timestamp(1031), 100), 1u);
  EXPECT_EQ(recorder.ended, std::vector{FlowEndReason::kTimeout});
  EXPECT_EQ(table.size(), 0u);
}

TEST_F(FlowTableTest, ALatePacketFindsItsFlowTimedOut) {
  FlowTable table(options, recorder, counters, 1);
  Packet first = udp_packet(20, 4000, 10, 53, 1000), late = udp_packet(20, 4000, 10, 53, 1030);
  table.find_or_create(first);
  const std::uint64_t id = first.flow->id;
  EXPECT_EQ(table.find_or_create(late), FlowTable::Outcome::kCreated);
  EXPECT_NE(late.flow->id, id);
  EXPECT_EQ(recorder.ended, std::vector{FlowEndReason::kTimeout});
}

TEST_F(FlowTableTest, PacketsKeepAFlowAlive) {
  FlowTable table(options, recorder, counters, 1);
  for (std::int64_t second = 1000; second < 5000; second += 20) {
    Packet packet = udp_packet(20, 4000, 10, 53, second);
    table.find_or_create(packet);
    table.expire(packet.time, 100);
  }
  EXPECT_EQ(counters.total.value(), 1u);
  EXPECT_TRUE(recorder.ended.empty());
}

TEST_F(FlowTableTest, AStateThatTimesOutEarlierMovesTheTimer) {
  FlowTable table(options, recorder, counters, 1);
  Packet packet = udp_packet(20, 4000, 10, 53, 1000);
  table.find_or_create(packet);
  table.set_state(*packet.flow, FlowState::kClosed);
  EXPECT_EQ(table.expire(make_timestamp(1002), 100), 1u);
}

TEST_F(FlowTableTest, ANewConnectionReplacesTheOld) {
  FlowTable table(options, recorder, counters, 1);
  Packet packet = udp_packet(20, 4000, 10, 53, 1000);
  packet.layer4 = Layer4::kTcp;
  packet.ip_proto = 6;
  std::vector<std::byte> header(20);
  header[13] = std::byte{0x02};  // SYN
  packet.l4_header = header;
  table.find_or_create(packet);
  packet.flow->tcp = reinterpret_cast<TcpSession*>(packet.flow);  // not looked into
  recorder.reuse = true;
  EXPECT_EQ(table.find_or_create(packet), FlowTable::Outcome::kCreated);
  EXPECT_EQ(recorder.ended, std::vector{FlowEndReason::kTcpReuse});
  EXPECT_EQ(counters.tcp_reuse.value(), 1u);
}

TEST_F(FlowTableTest, FullIsFullUntilFlowsArePastTheirEmergencyTimeout) {
  options.memcap_bytes = 10 * 232;
  options.memcap_policy = ExceptionPolicy::kDropPacket;
  FlowTable table(options, recorder, counters, 1);
  for (std::uint16_t port = 1; port <= 10; ++port) {
    Packet packet = udp_packet(20, port, 10, 53, 1000);
    EXPECT_EQ(table.find_or_create(packet), FlowTable::Outcome::kCreated) << port;
  }
  Packet early = udp_packet(20, 100, 10, 53, 1005);
  EXPECT_EQ(table.find_or_create(early), FlowTable::Outcome::kFull);
  EXPECT_TRUE(table.in_emergency());
  EXPECT_EQ(early.verdict.reason, DropReason::kFlowMemcap);
  EXPECT_EQ(early.flow, nullptr);
  // The emergency timeout of a new UDP flow is 10 s.
  for (int i = 0; i < 200; ++i) {
    Packet later = udp_packet(20, 101, 10, 53, 1010);
    table.find_or_create(later);
  }
  EXPECT_EQ(recorder.ended.size(), 1u);
  EXPECT_EQ(recorder.ended.front(), FlowEndReason::kForced);
  table.expire(make_timestamp(1100), 1000);
  EXPECT_FALSE(table.in_emergency());
  EXPECT_EQ(table.size(), 0u);
}

TEST_F(FlowTableTest, IdsAreUniqueAndFit53Bits) {
  options.memcap_bytes = 64u << 20;
  FlowTable one(options, recorder, counters, 7, 2, 0), two(options, recorder, counters, 7, 2, 1);
  std::set<std::uint64_t> ids;
  for (std::uint32_t i = 0; i < 20000; ++i) {
    for (FlowTable* const table : {&one, &two}) {
      Packet packet = udp_packet(i, 1, 10, 53, 1000);
      table->find_or_create(packet);
      ASSERT_NE(packet.flow, nullptr);
      EXPECT_GE(packet.flow->id, 1u);
      EXPECT_LT(packet.flow->id, std::uint64_t{1} << 53);
      EXPECT_TRUE(ids.insert(packet.flow->id).second);
    }
  }
}

// The table against the obvious one: a map of key to last packet.
TEST_F(FlowTableTest, AgreesWithAMap) {
  options.memcap_bytes = 64u << 20;
  FlowTable table(options, recorder, counters, 99);
  std::uint64_t random = 12345;
  const auto next = [&random](std::uint64_t below) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return (random >> 33) % below;
  };
  struct Known {
    std::uint64_t id;
    std::int64_t last;
    bool both;
    bool source_is_client;
  };
  std::map<std::uint64_t, Known> twin;
  std::int64_t now = 1000;
  for (int i = 0; i < 200000; ++i) {
    now += static_cast<std::int64_t>(next(500) == 0 ? next(40) : 0);
    const std::uint64_t end = next(3000);
    const bool backwards = next(2) == 1;
    Packet packet = backwards ? udp_packet(7, 53, static_cast<std::uint32_t>(end), 9, now)
                              : udp_packet(static_cast<std::uint32_t>(end), 9, 7, 53, now);
    table.find_or_create(packet);
    ASSERT_NE(packet.flow, nullptr);
    const auto known = twin.find(end);
    const bool alive =
        known != twin.end() && now < known->second.last + (known->second.both ? 300 : 30);
    if (alive) {
      ASSERT_EQ(packet.flow->id, known->second.id) << i;
      known->second.last = now;
      if (backwards == known->second.source_is_client) known->second.both = true;
    } else {
      ASSERT_TRUE(known == twin.end() || packet.flow->id != known->second.id) << i;
      twin[end] = {packet.flow->id, now, false, !backwards};
    }
    if (next(100) == 0) table.expire(packet.time, next(50));
  }
  EXPECT_EQ(counters.total.value() - recorder.ended.size(), table.size());
  table.shutdown();
  EXPECT_EQ(table.size(), 0u);
}

}  // namespace
}  // namespace culvert
