// DCE/RPC PDUs: connection-oriented (C706 section 12.6, MS-RPCE) and connectionless (C706 section
// 12.5).
//
//   byte 0        1        2     3      4..7        8..9       10..11     12..15
//        version  minor    type  flags  data repr.  frag size  auth size  call id      then the
//        body
//
// The first nibble of the data representation says the byte order: 1 is little endian.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/byte_cursor.h"
#include "base/bytes.h"

namespace culvert::dcerpc {

enum class PduType : std::uint8_t {
  kRequest = 0,
  kResponse = 2,
  kFault = 3,
  kBind = 11,
  kBindAck = 12,
  kBindNak = 13,
  kAlterContext = 14,
  kAlterContextResponse = 15,
  kAuth3 = 16,
};
inline constexpr std::uint8_t kLastPduType = 19;

/// "REQUEST"; the number of what has no name.
std::string name_of(PduType type);

inline constexpr std::uint8_t kFirstFragment = 0x01;  ///< PFC_FIRST_FRAG
inline constexpr std::uint8_t kLastFragment = 0x02;   ///< PFC_LAST_FRAG

/// Its bytes in the order in which a UUID is written.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  /// `little_endian`: time and clock fields are (C706 appendix A, 14.1).
  static Uuid read(ByteCursor& in, bool little_endian);
  /// "8-4-4-4-12" digits, or 32 of them.
  static std::optional<Uuid> parse(std::string_view text);
  std::string text() const;
  bool operator==(const Uuid&) const = default;
};

/// The header of a connection-oriented PDU.
struct Header {
  static constexpr std::size_t kSize = 16;
  std::uint8_t version = 0, minor_version = 0;
  PduType type{};
  std::uint8_t flags = 0;
  bool little_endian = false;
  std::uint16_t fragment_size = 0;  ///< with this header
  std::uint16_t auth_size = 0;
  std::uint32_t call_id = 0;

  /// Nothing: fewer than 16 bytes, or not of version 5 with a known type and a size that holds the
  /// header.
  static std::optional<Header> parse(Bytes bytes);
  bool is_first() const { return (flags & kFirstFragment) != 0; }
  bool is_last() const { return (flags & kLastFragment) != 0; }
};

/// Numbers in the order of a PDU.
struct OrderedCursor {
  ByteCursor in;
  bool little_endian = false;
  std::uint16_t u16() { return little_endian ? in.u16_little() : in.u16(); }
  std::uint32_t u32() { return little_endian ? in.u32_little() : in.u32(); }
};

/// The header of a connectionless PDU, 80 bytes.
struct DatagramHeader {
  static constexpr std::size_t kSize = 80;
  PduType type{};
  std::uint8_t flags1 = 0, flags2 = 0;
  bool little_endian = false;
  Uuid interface, activity;
  std::uint32_t interface_version = 0, sequence = 0;
  std::uint16_t opnum = 0, fragment_size = 0, fragment = 0;

  /// Nothing: shorter, or not of version 4 with a known type.
  static std::optional<DatagramHeader> parse(Bytes bytes);
  bool is_fragment() const { return (flags1 & 0x04u) != 0; }  ///< PF_FRAG
  bool is_last() const { return (flags1 & 0x02u) != 0; }      ///< PF_LAST_FRAG
};

}  // namespace culvert::dcerpc
