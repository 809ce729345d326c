// What a packet costs in the flow table: 1,000 live UDP flows against 1,000,000, in batches as the
// worker takes them. Aim: at most twice.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <vector>

#include "flow/flow_table.h"

namespace culvert {
namespace {

struct Ignore final : FlowObserver {
  bool starts_new_flow(const Packet&, const Flow&) override { return false; }
  void on_flow_end(Flow&) override {}
};

void flow_table_find(benchmark::State& state) {
  const auto flows = static_cast<std::uint64_t>(state.range(0));
  FlowOptions options;
  options.memcap_bytes = 1u << 30;
  Ignore observer;
  FlowCounters counters;
  FlowTable table(options, observer, counters, 1);
  const auto fill = [](Packet& packet, std::uint64_t number) {
    packet.layer3 = Layer3::kIpv4;
    packet.layer4 = Layer4::kUdp;
    packet.ip_proto = 17;
    packet.source = IpAddress::v4(static_cast<std::uint32_t>(number >> 4));
    packet.destination = IpAddress::v4(0x0a000001);
    packet.source_port = static_cast<std::uint16_t>(1024 + (number & 15));
    packet.destination_port = 53;
    packet.time = make_timestamp(1000);
  };
  for (std::uint64_t i = 0; i < flows; ++i) {
    Packet packet;
    fill(packet, i);
    table.find_or_create(packet);
  }
  if (table.size() != flows) std::abort();

  constexpr std::size_t kBatch = 64;
  std::vector<Packet> batch(kBatch);
  std::vector<FlowLookup> lookups(kBatch);
  std::uint64_t random = 1;
  for (auto _ : state) {
    for (Packet& packet : batch) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      packet.flow = nullptr;
      fill(packet, (random >> 33) % flows);
    }
    for (std::size_t i = 0; i < kBatch; ++i) {
      lookups[i] = table.look_up(batch[i]);
      table.prefetch(lookups[i]);
    }
    for (std::size_t i = 0; i < kBatch; ++i) table.prefetch_flow(lookups[i]);
    for (std::size_t i = 0; i < kBatch; ++i) {
      if (i + 8 < kBatch) table.prefetch_state(lookups[i + 8]);
      table.find_or_create(batch[i], lookups[i]);
    }
  }
  if (counters.total.value() != flows) std::abort();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBatch));
}
BENCHMARK(flow_table_find)->Arg(1000)->Arg(1000000);

}  // namespace
}  // namespace culvert
