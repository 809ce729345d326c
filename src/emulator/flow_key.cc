#include "emulator/flow_key.h"

#include <tuple>
#include <utility>

#include "base/hash.h"

namespace culvert::emulator {

FlowKey FlowKey::make(std::uint64_t endpoint, const InnerPacket& packet, Stickiness stickiness) {
  FlowKey key;
  key.endpoint = endpoint;
  key.low = packet.source;
  key.high = packet.destination;
  if (stickiness == Stickiness::kFiveTuple) {
    key.low_port = packet.source_port;
    key.high_port = packet.destination_port;
  }
  if (stickiness != Stickiness::kTwoTuple) key.protocol = packet.protocol;
  if (std::tie(key.high, key.high_port) < std::tie(key.low, key.low_port)) {
    std::swap(key.low, key.high);
    std::swap(key.low_port, key.high_port);
  }
  return key;
}

std::uint64_t FlowKey::hash(std::uint64_t seed) const {
  const std::uint64_t ports =
      std::uint64_t{low_port} << 32 | std::uint64_t{high_port} << 8 | protocol;
  return mix64(low.hash(seed) ^ ports, high.hash(~seed) ^ mix64(endpoint ^ seed, seed | 1));
}

}  // namespace culvert::emulator
