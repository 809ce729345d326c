// Puts the first message of a CRYPTO stream together (RFC 9000 section 19.6). Its pieces come in
// any order, twice, and overlapping; of what overlaps the first one counts.
//
//   CRYPTO@40+20, CRYPTO@0+40, CRYPTO@55+30   ->   type, length (3), body (81)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace culvert::quic {

/// Of one direction.
class CryptoStream {
 public:
  static constexpr std::size_t kMostBytes = 65535;
  static constexpr std::size_t kMostPieces = 512;

  /// False: it goes beyond the bounds, and is left out.
  [[nodiscard]] bool add(std::uint64_t offset, Bytes bytes);
  /// The message with its header of 4 bytes; nothing: some of it is missing. Valid until the next
  /// call.
  std::optional<Bytes> message();
  /// Whether the message says that it is longer than what is kept.
  bool is_oversized() const;
  /// Forgets all, and gives back the memory.
  void clear();

 private:
  struct Piece {
    std::uint32_t offset, size, at;  ///< place in the stream, place in bytes_
    std::uint32_t end() const { return offset + size; }
  };
  /// Size of the message with its header; 0: not known yet.
  std::size_t wanted() const;

  std::vector<Piece> pieces_;  ///< by offset, without overlaps
  std::vector<std::byte> bytes_;
  std::vector<std::byte> whole_;
};

}  // namespace culvert::quic
