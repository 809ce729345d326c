#include "packet/checksums.h"

#include "net/checksum.h"
#include "net/fields.h"
#include "net/ip.h"

namespace culvert {
namespace {

/// The transport's header and all behind it: of ICMPv6, more than rules see.
Bytes transport_of(const Packet& packet) {
  const auto begin = packet.l4_header.data() - packet.ip_payload.data();
  return packet.ip_payload.subspan(static_cast<std::size_t>(begin));
}

}  // namespace

bool has_valid_ip_checksum(const Packet& packet) {
#ifdef CULVERT_FUZZING
  return true;  // a fuzzer cannot be expected to guess them
#endif
  return packet.layer3 != Layer3::kIpv4 ||
         checksum_fold(checksum_add(0, packet.ip_header)) == 0;
}

bool has_valid_l4_checksum(const Packet& packet) {
#ifdef CULVERT_FUZZING
  return true;
#endif
  if (!packet.is_ip() || packet.truncated || packet.is_fragment) return true;
  std::uint8_t protocol = 0;
  Bytes covered{packet.l4_header.data(), packet.l4_header.size() + packet.payload.size()};
  switch (packet.layer4) {
    case Layer4::kTcp:
      protocol = ip_proto::kTcp;
      break;
    case Layer4::kUdp:
      if (packet.layer3 == Layer3::kIpv4 && load_u16(packet.l4_header, 6) == 0) return true;
      protocol = ip_proto::kUdp;
      break;
    case Layer4::kIcmp4:
      return checksum_fold(checksum_add(0, transport_of(packet))) == 0;
    case Layer4::kIcmp6:
      protocol = ip_proto::kIcmp6;
      covered = transport_of(packet);
      break;
    case Layer4::kNone:
    case Layer4::kSctp:
    case Layer4::kEsp:
    case Layer4::kGre:
    case Layer4::kIgmp:
      return true;
  }
  const std::uint64_t sum = pseudo_header_sum(packet.source.bytes(), packet.destination.bytes(),
                                              protocol, covered.size());
  return checksum_fold(checksum_add(sum, covered)) == 0;
}

}  // namespace culvert
