#include "protocols/quic/quic_packet.h"

#include <fmt/format.h>

namespace culvert::quic {
namespace {

constexpr std::size_t kGoogleHashSize = 12;

/// "Q0" and two digits.
constexpr bool is_google(Version version) { return version >> 16 == 0x5130; }

std::optional<PacketHeader> parse_google_long(Bytes bytes) {
  ByteCursor in(bytes);
  PacketHeader header;
  header.is_google = true;
  const std::uint8_t first = in.u8();
  header.version = in.u32();
  header.type = static_cast<PacketType>(first >> 4 & 3);
  const std::uint8_t sizes = in.u8();
  const auto size_of = [](unsigned nibble) -> std::size_t { return nibble == 0 ? 0 : nibble + 3; };
  header.destination_id = in.take(size_of(sizes >> 4));
  header.source_id = in.take(size_of(sizes & 15u));
  const bool says_size = google_number(header.version) >= 45;
  if (!says_size) header.type = PacketType::kInitial;
  header.number_offset = bytes.size() - in.size();
  in.skip(says_size ? (first & 3u) + 1 : 4);
  in.skip(kGoogleHashSize);
  if (!in.ok()) return std::nullopt;
  header.packet = bytes;
  header.payload = in.rest();
  return header;
}

std::optional<PacketHeader> parse_google_public(Bytes bytes) {
  constexpr std::uint8_t kNumberSizes[] = {1, 2, 4, 6};
  ByteCursor in(bytes);
  PacketHeader header;
  header.is_google = true;
  const std::uint8_t flags = in.u8();
  constexpr std::uint8_t kHasVersion = 0x01, kHasId = 0x08, kNotGoogles = 0x40;
  if ((flags & (kHasVersion | kHasId | kNotGoogles)) != (kHasVersion | kHasId)) return std::nullopt;
  header.destination_id = in.take(8);
  header.version = in.u32();
  header.number_offset = bytes.size() - in.size();
  in.skip(kNumberSizes[flags >> 4 & 3]);
  in.skip(kGoogleHashSize);
  if (!in.ok() || !is_google(header.version)) return std::nullopt;
  header.packet = bytes;
  header.payload = in.rest();
  return header;
}

PacketType type_of(std::uint8_t first, Version version) {
  if (version == 0) return PacketType::kVersionNegotiation;
  const unsigned bits = first >> 4 & 3;
  // Version 2 turns the numbers by one (RFC 9369 section 3.2).
  return static_cast<PacketType>(version == kVersion2 ? (bits + 3) & 3 : bits);
}

}  // namespace

std::string name_of_version(Version version) {
  if (version == kVersion1) return "1";
  if (version == kVersion2) return "v2";
  if (const std::uint32_t number = google_number(version)) return fmt::format("Q{:03}", number);
  return fmt::format("{:x}", version);
}

std::uint32_t google_number(Version version) {
  for (const std::uint32_t number : {39u, 43u, 44u, 45u, 46u}) {
    if (version == (0x51300000u | (0x30u + number / 10) << 8 | (0x30u + number % 10))) {
      return number;
    }
  }
  return 0;
}

std::uint64_t read_varint(ByteCursor& in) {
  const std::uint8_t first = in.u8();
  const unsigned more = (1u << (first >> 6)) - 1;
  const std::uint64_t high = first & 0x3fu;
  return more == 0 ? high : high << (8 * more) | in.read(more);
}

std::optional<PacketHeader> PacketHeader::parse(Bytes bytes) {
  ByteCursor in(bytes);
  const std::uint8_t first = in.u8();
  if ((first & 0x80u) == 0) return parse_google_public(bytes);
  PacketHeader header;
  header.version = in.u32();
  if (google_number(header.version) >= 44) return parse_google_long(bytes);
  header.type = type_of(first, header.version);
  header.destination_id = in.take(in.u8());
  header.source_id = in.take(in.u8());
  if (header.type == PacketType::kVersionNegotiation || header.type == PacketType::kRetry) {
    if (!in.ok()) return std::nullopt;
    header.packet = bytes;
    header.payload = in.rest();
    return header;
  }
  if (header.type == PacketType::kInitial) in.take(static_cast<std::size_t>(read_varint(in)));
  const auto size = static_cast<std::size_t>(read_varint(in));
  header.number_offset = bytes.size() - in.size();
  header.payload = in.take(size);
  if (!in.ok()) return std::nullopt;
  header.packet = bytes.first(bytes.size() - in.size());
  return header;
}

}  // namespace culvert::quic
