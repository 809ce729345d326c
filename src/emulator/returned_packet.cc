#include "emulator/returned_packet.h"

#include "base/byte_cursor.h"
#include "emulator/envelope.h"

namespace culvert::emulator {
namespace {

#ifdef CULVERT_FUZZING
constexpr bool kHoldsChecksums = false;  // a fuzzer never finds the right one
#else
constexpr bool kHoldsChecksums = true;
#endif

tl::unexpected<Violation> wrong(Violation violation) { return tl::unexpected(violation); }

/// Finds endpoint and cookie among the options, in any order. False if an option does not fit, or
/// one of the two is not there.
bool parse_options(Bytes options, ReturnedPacket& packet) {
  bool has_endpoint = false, has_cookie = false;
  for (ByteCursor in(options); !in.empty();) {
    const std::uint16_t option_class = in.u16();
    const std::uint8_t type = in.u8();
    ByteCursor data(in.take(std::size_t{in.u8()} % 32 * 4));
    if (!in.ok()) return false;
    if (option_class == kAmazonClass && type == 1 && data.size() == 8) {
      packet.endpoint = data.u64();
      has_endpoint = true;
    } else if (option_class == kAmazonClass && type == 3 && data.size() == 4) {
      packet.cookie = data.u32();
      has_cookie = true;
    }
  }
  return has_endpoint && has_cookie;
}

}  // namespace

tl::expected<ReturnedPacket, Violation> parse_returned(Bytes bytes, bool checksum_there) {
  ReturnedPacket packet;
  ByteCursor in(bytes);
  const std::uint8_t first = in.u8();
  in.skip(1);
  const std::size_t total_bytes = in.u16();
  in.skip(2);
  const std::uint16_t fragment = in.u16();
  in.skip(1);
  const std::uint8_t protocol = in.u8();
  in.skip(2);
  packet.source = in.u32();
  packet.destination = in.u32();
  const std::size_t header_bytes = std::size_t{first} % 16 * 4;
  if (!in.ok() || first >> 4 != 4 || header_bytes < 20 || total_bytes < header_bytes ||
      total_bytes > bytes.size() || protocol != 17)
    return wrong(Violation::kOuterHeader);
  if (kHoldsChecksums && fold_checksum(add_to_sum(0, bytes.first(header_bytes))) != 0)
    return wrong(Violation::kOuterHeader);
  if ((fragment & 0x3fff) != 0) return wrong(Violation::kOuterFragment);

  const Bytes udp = bytes.first(total_bytes).subspan(header_bytes);
  ByteCursor ports(udp);
  packet.source_port = ports.u16();
  const std::uint16_t destination_port = ports.u16();
  const std::size_t udp_bytes = ports.u16();
  const std::uint16_t checksum = ports.u16();
  if (!ports.ok() || udp_bytes < 8 || udp_bytes > udp.size()) return wrong(Violation::kOuterHeader);
  if (checksum != 0 && checksum_there) {
    const std::uint64_t pseudo = add_to_sum(17 + udp_bytes, bytes.subspan(12, 8));
    if (fold_checksum(add_to_sum(pseudo, udp.first(udp_bytes))) != 0)
      return wrong(Violation::kOuterHeader);
  }
  if (destination_port != kGenevePort)
    return wrong(packet.source_port == kGenevePort ? Violation::kPortsSwapped
                                                   : Violation::kDestinationPort);

  const Bytes payload = udp.first(udp_bytes).subspan(8);
  ByteCursor geneve(payload);
  const std::uint8_t version_and_length = geneve.u8();
  geneve.skip(7);
  const Bytes options = geneve.take(std::size_t{version_and_length} % 64 * 4);
  if (!geneve.ok() || version_and_length >> 6 != 0 || !parse_options(options, packet))
    return wrong(Violation::kGeneveMalformed);
  packet.geneve = payload.first(8 + options.size());
  packet.inner_bytes = geneve.rest();
  const auto inner = InnerPacket::parse(packet.inner_bytes);
  if (!inner) return wrong(Violation::kInnerMalformed);
  packet.inner = *inner;
  return packet;
}

bool has_right_checksums(Bytes inner_bytes, const InnerPacket& inner) {
  if (inner.source.is_v4()) {
    const std::size_t header_bytes = std::to_integer<std::size_t>(inner_bytes[0]) % 16 * 4;
    if (fold_checksum(add_to_sum(0, inner_bytes.first(header_bytes))) != 0) return false;
  }
  std::uint64_t sum = add_to_sum(0, inner.transport);
  if (inner.protocol != kProtocolIcmp) {  // the others have a pseudo header
    sum += inner.protocol + inner.transport.size();
    sum = add_to_sum(add_to_sum(sum, inner.source.bytes()), inner.destination.bytes());
  }
  return fold_checksum(sum) == 0;
}

}  // namespace culvert::emulator
