// What is inside packets of the handshake: frames of QUIC (RFC 9000 section 19), of which CRYPTO
// matters here, and those of Google's QUIC, whose client hello (CHLO) is a list of tags.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/byte_cursor.h"
#include "base/bytes.h"
#include "protocols/quic/quic_packet.h"

namespace culvert::quic {

/// Takes the rest of an ACK frame off the cursor.
inline void skip_ack(ByteCursor& in, bool with_ecn) {
  read_varint(in), read_varint(in);  // largest number, delay
  const std::uint64_t ranges = read_varint(in);
  read_varint(in);
  for (std::uint64_t i = 0; i < ranges && in.ok(); ++i) read_varint(in), read_varint(in);
  for (int i = 0; i < 3 && with_ecn; ++i) read_varint(in);
}

/// on_crypto(offset, Bytes) gets the content of each CRYPTO frame. What follows a frame that has no
/// place in Initial packets is left. False: a frame is cut short, or a STREAM, which is never
/// allowed there.
template <class OnCrypto>
[[nodiscard]] bool for_each_crypto(Bytes payload, OnCrypto&& on_crypto);

/// Frames of Google's. on_stream(Bytes) gets the content of each STREAM frame. False: one is cut
/// short.
template <class OnStream>
[[nodiscard]] bool for_each_google_stream(Bytes payload, OnStream&& on_stream);

/// Tags of a CHLO: on_tag(std::string_view tag, Bytes value), the tag with its 4 bytes.
/// False: these bytes are none.
template <class OnTag>
[[nodiscard]] bool for_each_tag(Bytes message, OnTag&& on_tag);

// ------------------------------------------------------------------------------------------------

template <class OnCrypto>
bool for_each_crypto(Bytes payload, OnCrypto&& on_crypto) {
  enum : std::uint8_t { kPadding = 0, kPing = 1, kAck = 2, kAckEcn = 3, kCrypto = 6 };
  ByteCursor in(payload);
  while (in.ok() && !in.empty()) {
    const std::uint8_t type = in.u8();
    if (type == kPadding || type == kPing) continue;
    if (type == kAck || type == kAckEcn) {
      skip_ack(in, type == kAckEcn);
    } else if (type == kCrypto) {
      const std::uint64_t offset = read_varint(in);
      const Bytes bytes = in.take(static_cast<std::size_t>(read_varint(in)));
      if (in.ok()) on_crypto(offset, bytes);
    } else {
      return type < 0x08 || type > 0x0f;
    }
  }
  return in.ok();
}

template <class OnStream>
bool for_each_google_stream(Bytes payload, OnStream&& on_stream) {
  ByteCursor in(payload);
  while (in.ok() && !in.empty()) {
    const std::uint8_t type = in.u8();
    constexpr std::uint8_t kPadding = 0, kPing = 7, kStream = 0x80, kHasSize = 0x20;
    if (type == kPadding || type == kPing) continue;
    if ((type & kStream) == 0) return true;
    const unsigned offset_bits = type >> 2 & 7;
    in.skip((type & 3u) + 1);  // stream id
    in.skip(offset_bits == 0 ? 0 : offset_bits + 1);
    const Bytes bytes = in.take((type & kHasSize) != 0 ? in.u16() : in.size());
    if (in.ok()) on_stream(bytes);
  }
  return in.ok();
}

template <class OnTag>
bool for_each_tag(Bytes message, OnTag&& on_tag) {
  constexpr std::size_t kMostTags = 128, kTagSize = 4, kEntrySize = 8;
  ByteCursor in(message);
  if (as_text(in.take(4)) != "CHLO") return false;
  const std::uint16_t count = in.u16_little();
  in.skip(2);
  if (count > kMostTags) return false;
  ByteCursor entries(in.take(count * kEntrySize));
  std::uint32_t begin = 0;
  while (in.ok() && !entries.empty()) {
    const std::string_view tag = as_text(entries.take(kTagSize));
    const std::uint32_t end = entries.u32_little();
    if (end < begin) return false;
    const Bytes value = in.take(end - begin);
    begin = end;
    if (in.ok()) on_tag(tag, value);
  }
  return in.ok();
}

}  // namespace culvert::quic
