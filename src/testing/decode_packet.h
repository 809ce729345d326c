// A packet of a test, through the decoder.
#pragma once

#include <vector>

#include "packet/decoder.h"

namespace culvert {

/// Decodes `bytes`, which outlive the packet. Its time and tenant are set before.
inline void decode_packet(const std::vector<std::byte>& bytes, Packet& packet,
                          PacketStack& stack) {
  DecodeCounters counters;
  Decoder decoder(DecodeOptions{}, counters);
  packet.data = bytes;
  packet.wire_length = static_cast<std::uint32_t>(bytes.size());
  decoder.decode(packet, stack);
}

}  // namespace culvert
