// Decoding of one packet, in the cache: what is left of a packet's cost when memory is not the limit.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>

#include "packet/checksums.h"
#include "packet/decoder.h"
#include "testing/hex.h"
#include "testing/packet_builder.h"

namespace culvert {
namespace {

void run(benchmark::State& state, const std::vector<std::byte>& frame, Layer4 expected,
         std::size_t inner = 0, DecodeOptions options = {}) {
  DecodeCounters counters;
  Decoder decoder(options, counters);
  const auto stack = std::make_unique<PacketStack>();
  Packet packet;
  packet.data = frame;
  packet.wire_length = static_cast<std::uint32_t>(frame.size());
  decoder.decode(packet, *stack);
  if (packet.layer4 != expected || stack->size() != inner || packet.invalid) std::abort();
  for (auto _ : state) {
    stack->clear();
    decoder.decode(packet, *stack);
    benchmark::DoNotOptimize(packet.payload.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}

const std::vector<std::byte> kTimestamps = hex("0101 080a 00000001 00000002");
const std::vector<std::byte> kSynOptions = hex("020405b4 0402 080a 00000001 00000000 01 030307");

PacketBuilder ipv4() { return PacketBuilder().ethernet().ipv4("10.0.0.1", "192.0.2.1"); }

void Ipv4Tcp(benchmark::State& state) {
  run(state, ipv4().tcp(1234, 443, {.options = kTimestamps}).filler(1000).build(), Layer4::kTcp);
}
BENCHMARK(Ipv4Tcp);

void Ipv4TcpWithChecksums(benchmark::State& state) {
  run(state, ipv4().tcp(1234, 443, {.options = kTimestamps}).filler(1000).build(), Layer4::kTcp, 0,
      {.validate_checksums = true});
}
BENCHMARK(Ipv4TcpWithChecksums);

void Ipv4TcpSyn(benchmark::State& state) {
  run(state, ipv4().tcp(1234, 443, {.flags = tcp::kSyn, .options = kSynOptions}).build(),
      Layer4::kTcp);
}
BENCHMARK(Ipv4TcpSyn);

void Ipv4Udp(benchmark::State& state) {
  run(state, ipv4().udp(1234, 53).filler(40).build(), Layer4::kUdp);
}
BENCHMARK(Ipv4Udp);

void VlanIpv6Udp(benchmark::State& state) {
  run(state,
      PacketBuilder().ethernet().vlan(5).ipv6("2001:db8::1", "2001:db8::2").udp(1, 53).filler(40)
          .build(),
      Layer4::kUdp);
}
BENCHMARK(VlanIpv6Udp);

void VxlanIpv4Tcp(benchmark::State& state) {
  run(state,
      ipv4().udp(5555, 4789).vxlan(7).ethernet().ipv4("10.2.0.1", "10.2.0.2").tcp(1, 2).filler(100)
          .build(),
      Layer4::kUdp, 1);
}
BENCHMARK(VxlanIpv4Tcp);

}  // namespace
}  // namespace culvert
