// Any bytes as any link type: nothing may be read outside of them, and what a layer points to has to lie
// within. The first byte chooses the link type.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include "net/geneve.h"
#include "packet/checksums.h"
#include "packet/decoder.h"

namespace {

using namespace culvert;

bool is_within(Bytes part, Bytes whole) {
  return part.empty() || (part.data() >= whole.data() &&
                          part.data() + part.size() <= whole.data() + whole.size());
}

void check(const Packet& packet, Bytes captured) {
  for (const Bytes part : {packet.data, packet.ethernet, packet.ip_header, packet.ip_payload,
                           packet.l4_header, packet.payload}) {
    if (!is_within(part, captured)) std::abort();
  }
  if (packet.is_tcp() && packet.l4_header.size() < 20) std::abort();
  if (packet.is_udp() && packet.l4_header.size() != 8) std::abort();
  if (packet.is_ip() && packet.ip_header.size() < 20) std::abort();
  if (packet.vlan_count > packet.vlan.size()) std::abort();
  if (has_valid_l4_checksum(packet) && !has_valid_ip_checksum(packet)) return;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static DecodeCounters counters;
  static Decoder strict(DecodeOptions{.validate_checksums = true}, counters);
  static Decoder tolerant(DecodeOptions{.max_layers = 255, .tolerate_truncation = true}, counters);
  static const auto stack = std::make_unique<PacketStack>();
  constexpr auto kLinkTypes = static_cast<unsigned>(LinkType::kChdlc) + 1;
  Packet packet;
  packet.link = static_cast<LinkType>(data[0] % kLinkTypes);
  packet.data = std::as_bytes(std::span(data, size)).subspan(1);
  packet.wire_length = static_cast<std::uint32_t>(packet.data.size());
  const Bytes captured = packet.data;
  for (Decoder* decoder : {&strict, &tolerant}) {
    stack->clear();
    decoder->decode(packet, *stack);
    check(packet, captured);
    for (std::size_t i = 0; i < stack->size(); ++i) {
      if ((*stack)[i].root != &packet) std::abort();
      check((*stack)[i], captured);
    }
  }
  culvert::GwlbMetadata metadata;
  [[maybe_unused]] const auto fault = culvert::GwlbMetadata::parse(captured, metadata);
  return 0;
}
