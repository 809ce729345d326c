// Packets of QUIC as far as they are not encrypted: IETF's long header (RFC 8999, RFC 9000
// section 17.2, RFC 9369) and the two headers that Google's QUIC had before it.
//
//   IETF:          1TTxxxxx | version (4) | n, destination id (n) | n, source id (n)
//                  Initial: token | then, but for Retry: length | packet number ...
//   Google Q044+:  1TTxxxxx | version (4) | nibbles of the ids' sizes | ids | packet number | hash
//   (12) Google before: flags    | id (8) | version (4) | packet number | hash (12)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/byte_cursor.h"
#include "base/bytes.h"

namespace culvert::quic {

using Version = std::uint32_t;
constexpr Version kVersion1 = 1, kVersion2 = 0x6b3343cf;

/// "1", "v2", "Q046", else hexadecimal.
std::string name_of_version(Version version);
/// 46 of "Q046"; 0: not one of those that were spoken.
std::uint32_t google_number(Version version);
/// n of "ff00000n", a draft of IETF's; 0: none.
constexpr std::uint32_t draft_number(Version version) {
  return version >> 8 == 0xff0000 ? version & 0xff : 0;
}

/// A number whose first two bits say its size (RFC 9000 section 16).
std::uint64_t read_varint(ByteCursor& in);

enum class PacketType : std::uint8_t {
  kInitial,
  kZeroRtt,
  kHandshake,
  kRetry,
  kVersionNegotiation,
};

/// Views the datagram.
struct PacketHeader {
  Version version = 0;
  PacketType type = PacketType::kInitial;
  bool is_google = false;
  Bytes destination_id, source_id;
  Bytes packet;                   ///< all of it
  std::size_t number_offset = 0;  ///< in `packet`: of the packet number, where there is one
  Bytes payload;                  ///< from there on; of Google's: behind the hash

  /// The first packet of `bytes`; nothing: it has no version, or is cut short.
  static std::optional<PacketHeader> parse(Bytes bytes);
};

}  // namespace culvert::quic
