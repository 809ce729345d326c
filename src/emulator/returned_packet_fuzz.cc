// What comes back from an appliance is parsed without a finding, and what was parsed lies within
// it. The input is what differs from a well-formed packet, so that no input is the well-formed one.
#include <cstdlib>
#include <vector>

#include "emulator/envelope.h"
#include "emulator/returned_packet.h"

using namespace culvert;

namespace {

/// An IPv4 packet (an ICMP error, so that what it quotes is read too) in its encapsulation.
std::vector<std::byte> make_datagram(std::size_t size) {
  constexpr int kInner[] = {0x45, 0,   0, 60,   0,    0, 0x40, 0, 64, 1, 0,  0, 198, 51,   100,
                            1,    10,  0, 0,    1,    3, 3,    0, 0,  0, 0,  0, 0,   0x45, 0,
                            0,    40,  0, 0,    64,   0, 64,   6, 0,  0, 10, 0, 0,   1,    198,
                            51,   100, 1, 0x9c, 0x40, 1, 0xbb, 0, 0,  0, 1,  0, 0,   0,    0};
  std::vector<std::byte> inner;
  for (const int value : kInner) inner.push_back(static_cast<std::byte>(value));
  if (inner.size() + emulator::kEncapsulationBytes < size)
    inner.resize(size - emulator::kEncapsulationBytes);
  std::vector<std::byte> datagram(emulator::kEncapsulationBytes);
  emulator::write_encapsulation(
      std::span<std::byte, emulator::kEncapsulationBytes>(datagram),
      {.gwlb_address = 1, .entropy_port = 2, .cookie = 3, .endpoint = 4, .attachment = 5}, 6, inner,
      emulator::UdpChecksum::kNone);
  datagram.insert(datagram.end(), inner.begin(), inner.end());
  return datagram;
}

void check(Bytes bytes) {
  const auto packet = emulator::parse_returned(bytes, false);
  if (!packet) return;
  if (packet->geneve.size() + packet->inner_bytes.size() > bytes.size()) std::abort();
  if (packet->inner.transport.size() > packet->inner_bytes.size()) std::abort();
  emulator::quoted_by_icmp_error(packet->inner);
  emulator::has_right_checksums(packet->inner_bytes, packet->inner);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMaxBytes = 2000;
  if (size > kMaxBytes) return 0;
  check(std::as_bytes(std::span(data, size)));
  std::vector<std::byte> datagram = make_datagram(size);
  for (std::size_t i = 0; i < size; ++i) datagram[i] ^= static_cast<std::byte>(data[i]);
  check(datagram);
  return 0;
}
