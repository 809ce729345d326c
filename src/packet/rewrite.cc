#include "packet/rewrite.h"

#include <algorithm>
#include <cstdint>

namespace culvert {
namespace {

/// Where the checksum stands in the transport's header; 0: it has none, or none that covers data.
std::size_t checksum_offset(const Packet& packet) {
  switch (packet.layer4) {
    case Layer4::kTcp:
      return 16;
    case Layer4::kUdp:
      return 6;
    case Layer4::kIcmp4:
    case Layer4::kIcmp6:
      return 2;
    default:
      return 0;
  }
}

}  // namespace

void overwrite_payload(Packet& packet, std::size_t offset, Bytes bytes) {
  if (offset >= packet.payload.size()) return;
  const std::size_t size = std::min(bytes.size(), packet.payload.size() - offset);
  auto* const target = const_cast<std::byte*>(packet.payload.data()) + offset;
  auto* const header = const_cast<std::byte*>(packet.l4_header.data());
  // The sum counts 16-bit words from the start of the header; headers have an even size.
  std::uint32_t difference = 0;
  bool changed = false;
  for (std::size_t i = 0; i < size; ++i) {
    if (target[i] == bytes[i]) continue;
    const unsigned shift = (offset + i) % 2 == 0 ? 8 : 0;
    difference += ~(std::to_integer<std::uint32_t>(target[i]) << shift) & 0xffff;
    difference += std::to_integer<std::uint32_t>(bytes[i]) << shift;
    difference = (difference & 0xffff) + (difference >> 16);
    target[i] = bytes[i];
    changed = true;
  }
  if (!changed) return;
  packet.modified = true;
  const std::size_t at = checksum_offset(packet);
  if (at == 0 || at + 2 > packet.l4_header.size()) return;
  const std::uint32_t old = std::to_integer<std::uint32_t>(header[at]) << 8 |
                            std::to_integer<std::uint32_t>(header[at + 1]);
  if (packet.is_udp() && old == 0) return;  // not used (RFC 768)
  std::uint32_t sum = (~old & 0xffff) + difference;
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  std::uint32_t fresh = ~sum & 0xffff;
  if (packet.is_udp() && fresh == 0) fresh = 0xffff;
  header[at] = static_cast<std::byte>(fresh >> 8);
  header[at + 1] = static_cast<std::byte>(fresh);
}

}  // namespace culvert
