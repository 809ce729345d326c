// What comes back from an appliance is parsed without a finding, and what was parsed lies within
// it.
#include <cstdlib>

#include "emulator/returned_packet.h"

using namespace culvert;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const auto packet = emulator::parse_returned(bytes, false);
  if (!packet) return 0;
  if (packet->geneve.size() + packet->inner_bytes.size() > size) std::abort();
  if (packet->inner.transport.size() > packet->inner_bytes.size()) std::abort();
  emulator::quoted_by_icmp_error(packet->inner);
  emulator::has_right_checksums(packet->inner_bytes, packet->inner);
  return 0;
}
