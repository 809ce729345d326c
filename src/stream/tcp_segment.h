// The TCP header of one packet (RFC 9293 section 3.1) and its options, in host order.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "packet/packet.h"

namespace culvert {

constexpr std::uint8_t kTcpFin = 0x01, kTcpSyn = 0x02, kTcpRst = 0x04, kTcpPsh = 0x08, kTcpAck = 0x10,
                       kTcpUrg = 0x20;

/// Sequence numbers wrap: before, after and between are a matter of half the number space.
constexpr std::int32_t seq_diff(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a - b);
}
constexpr bool seq_lt(std::uint32_t a, std::uint32_t b) { return seq_diff(a, b) < 0; }
constexpr bool seq_le(std::uint32_t a, std::uint32_t b) { return seq_diff(a, b) <= 0; }
constexpr bool seq_gt(std::uint32_t a, std::uint32_t b) { return seq_diff(a, b) > 0; }
constexpr bool seq_ge(std::uint32_t a, std::uint32_t b) { return seq_diff(a, b) >= 0; }

/// Views the packet it was read from.
struct TcpSegment {
  std::uint32_t seq = 0, ack = 0;
  std::uint16_t window = 0;  ///< not scaled
  std::uint16_t urgent = 0;
  std::uint8_t flags = 0;
  bool has_timestamp = false;
  std::uint32_t timestamp = 0, timestamp_echo = 0;  ///< RFC 7323
  bool has_window_scale = false;
  std::uint8_t window_scale = 0;  ///< at most 14
  bool sack_permitted = false;
  bool fast_open = false;         ///< RFC 7413, with or without a cookie
  /// Has a signature (RFC 2385, RFC 5925), which nobody else can check.
  bool is_signed = false;
  Bytes payload;

  bool is(std::uint8_t flag) const { return (flags & flag) != 0; }
  bool is_syn() const { return (flags & (kTcpSyn | kTcpAck)) == kTcpSyn; }
  bool is_synack() const { return (flags & (kTcpSyn | kTcpAck)) == (kTcpSyn | kTcpAck); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(payload.size()); }
  std::uint32_t end() const { return seq + size(); }  ///< without SYN and FIN

  static TcpSegment parse(const Packet& packet);
};

}  // namespace culvert
