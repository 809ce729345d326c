// The Internet checksum (RFC 1071): the one's complement sum of 16-bit words. Sums are kept in 64
// bits over 32-bit words and folded at the end, which gives the same result: 2^32 = 2^16 = 1 modulo
// 2^16 - 1.
//
//     checksum_fold(checksum_add(0, header)) == 0        // a received IPv4 header is right
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace culvert {

/// Adds `bytes` to a running sum, as words in the machine's order. Only the last part of what is
/// summed may have an odd size. A sum of up to 2^32 words cannot overflow.
inline std::uint64_t checksum_add(std::uint64_t sum, Bytes bytes) {
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t second = 0;  // two chains of additions run side by side
  for (; left >= 16; left -= 16, at += 16) {
    std::uint32_t words[4];
    std::memcpy(words, at, 16);
    sum += std::uint64_t{words[0]} + words[1];
    second += std::uint64_t{words[2]} + words[3];
  }
  sum += second;
  for (; left >= 4; left -= 4, at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, 4);
    sum += word;
  }
  if (left > 0) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, left);
    sum += word;
  }
  return sum;
}

/// Folds to 16 bits and inverts: the field's value in the machine's order (store it with memcpy), or
/// 0 if the sum covered a right checksum.
inline std::uint16_t checksum_fold(std::uint64_t sum) {
  sum = (sum & 0xffffffffu) + (sum >> 32);
  sum = (sum & 0xffffffffu) + (sum >> 32);
  sum = (sum & 0xffffu) + (sum >> 16);
  sum = (sum & 0xffffu) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

/// Sum of the pseudo header of TCP, UDP and ICMPv6 (RFC 9293 section 3.1, RFC 8200 section 8.1):
/// both addresses (4 or 16 bytes each), the protocol, and the length of header and data.
inline std::uint64_t pseudo_header_sum(Bytes source, Bytes destination, std::uint8_t protocol,
                                       std::size_t length) {
  const auto size = static_cast<std::uint32_t>(length);  // at most 65535, or a jumbogram
  const std::byte tail[8] = {std::byte(size >> 24), std::byte(size >> 16), std::byte(size >> 8),
                             std::byte(size),       std::byte{0},          std::byte{0},
                             std::byte{0},          std::byte{protocol}};
  return checksum_add(checksum_add(checksum_add(0, source), destination), tail);
}

}  // namespace culvert
