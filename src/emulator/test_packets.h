// Small packets for the emulator's own tests, and what an appliance does to them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "emulator/emulator_counters.h"
#include "emulator/envelope.h"
#include "net/address.h"

namespace culvert::emulator {

using Buffer = std::vector<std::byte>;

struct TestPacket {
  std::string_view source = "10.0.0.1", destination = "198.51.100.1";  ///< both IPv4 or both IPv6
  std::uint8_t protocol = 17;
  std::uint16_t source_port = 40000, destination_port = 53;
  std::uint8_t tcp_flags = 0x02;
  std::uint32_t sequence = 1000, acknowledgment = 0;
  std::string_view payload = "payload";
};
/// UDP, TCP or (any other protocol) just the payload; checksums are right.
Buffer make_packet(const TestPacket& packet);
/// ICMP or ICMPv6 "unreachable" by `source` about `quoted`, to its sender.
Buffer make_unreachable(std::string_view source, Bytes quoted);

/// What an appliance sends back: outer addresses swapped, all else as it was. `datagram` is 68
/// bytes and the inner packet.
Buffer return_in_place(Bytes datagram);
/// The same headers around another inner packet, lengths and checksums right.
Buffer return_with_inner(Bytes datagram, Bytes inner);
/// A way to spoil a datagram, and what is to be said of it.
struct SpoiledPacket {
  const char* name;
  std::function<void(Buffer&)> change;
  Violation expected;
};
inline std::function<void(Buffer&)> set_byte(std::size_t at, int value) {
  return [=](Buffer& datagram) { datagram[at] = static_cast<std::byte>(value); };
}
/// Makes the outer checksums right again after a change.
void fix_outer_checksums(Buffer& datagram);

}  // namespace culvert::emulator
