// TCP header and options, RFC 9293 section 3.1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "net/fields.h"

namespace culvert {

namespace tcp_flag {
constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10,
                       kUrg = 0x20, kEce = 0x40, kCwr = 0x80;
}

/// ```
///  |          Source Port          |       Destination Port        |
///  |                        Sequence Number                        |
///  |                    Acknowledgment Number                      |
///  |Offset |Rsrvd|N|     Flags     |            Window             |
///  |           Checksum            |         Urgent Pointer        |
///  |                    Options, to 60 bytes                       |
/// ```
/// Views the segment it came from: Packet::l4_header is one.
struct TcpHeader {
  static constexpr std::size_t kMinSize = 20;
  Bytes bytes;  ///< 20..60, with options

  enum class Fault : std::uint8_t { kNone, kTooSmall, kHeaderLength, kCutShort };
  static Fault parse(Bytes segment, TcpHeader& header) {
    if (segment.size() < kMinSize) return Fault::kTooSmall;
    const std::size_t size = (load_u8(segment, 12) >> 4) * std::size_t{4};
    if (size > segment.size()) return Fault::kCutShort;
    if (size < kMinSize) return Fault::kHeaderLength;
    header.bytes = segment.first(size);
    return Fault::kNone;
  }

  std::uint16_t source_port() const { return load_u16(bytes, 0); }
  std::uint16_t destination_port() const { return load_u16(bytes, 2); }
  std::uint32_t seq() const { return load_u32(bytes, 4); }
  std::uint32_t ack() const { return load_u32(bytes, 8); }
  std::uint8_t flags() const { return load_u8(bytes, 13); }
  bool has(std::uint8_t all_of) const { return (flags() & all_of) == all_of; }
  std::uint16_t window() const { return load_u16(bytes, 14); }
  std::uint16_t urgent() const { return load_u16(bytes, 18); }
  Bytes options() const { return bytes.subspan(kMinSize); }
};

/// Options that matter to tracking. Parsing stops at what cannot be right, and keeps what came before.
struct TcpOptions {
  struct Timestamps {
    std::uint32_t value = 0, echo_reply = 0;
  };
  std::optional<Timestamps> timestamps;         ///< kind 8, RFC 7323
  std::optional<std::uint16_t> mss;             ///< kind 2
  std::optional<std::uint8_t> window_scale;     ///< kind 3, as sent: over 14 counts as 14 (RFC 7323)
  bool sack_permitted = false;                  ///< kind 4
  Bytes sack;                                   ///< kind 5: pairs of 32-bit edges, RFC 2018
  bool fast_open = false;                       ///< kind 34, RFC 7413, or 254 with its magic
  Bytes fast_open_cookie;                       ///< 0 (a request) or 4..16 bytes
  Bytes md5, ao;                                ///< kinds 19 (RFC 2385) and 29 (RFC 5925)

  // What is wrong, how often.
  std::uint8_t wrong_length = 0;        ///< of a known kind; it is ignored
  bool malformed = false;               ///< lengths that make no sense: the rest was not read
  std::uint8_t duplicates = 0;          ///< the first one counts
  std::uint8_t large_window_scale = 0;  ///< over 14

  /// `options`: what TcpHeader::options() gives, at most 40 bytes.
  static TcpOptions parse(Bytes options);
};

}  // namespace culvert
