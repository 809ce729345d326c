// Link frames of DNP3 (IEEE 1815 section 9):
//
//   05 64  length  control  destination (2)  source (2)  CRC (2)
//   then the user data, a CRC behind each 16 bytes and behind the rest
//
// `length` counts from the control byte on, without CRCs: 5 + user data. Numbers are little-endian.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/byte_cursor.h"
#include "base/bytes.h"

namespace culvert::dnp3 {

struct LinkFrame {
  static constexpr std::size_t kHeaderSize = 10, kMostUserData = 250;
  enum class Fault : std::uint8_t { kNone, kTooShort, kBadHeaderCrc, kBadDataCrc };

  Fault fault = Fault::kNone;  ///< else the rest means nothing
  std::uint8_t length = 0, control = 0;
  std::uint16_t destination = 0, source = 0;
  std::uint16_t crc = 0;  ///< of the header
  Bytes user_data;        ///< valid until the next call

  /// From the side that began this exchange, with user data: confirmed or not.
  bool carries_user_data() const {
    constexpr std::uint8_t kPrimary = 0x40, kConfirmed = 3, kUnconfirmed = 4;
    const std::uint8_t function = control & 0xf;
    return (control & kPrimary) != 0 && (function == kConfirmed || function == kUnconfirmed);
  }
};

std::uint16_t link_crc(Bytes bytes);

/// Cuts one direction of a stream into frames.
class LinkReader {
 public:
  /// Takes the next frame off the bytes; nothing: more are needed, or there is no frame there.
  std::optional<LinkFrame> next(Bytes& bytes);
  bool is_lost() const { return is_lost_; }
  bool is_in_frame() const { return size_ > 0; }

 private:
  static constexpr std::size_t kMostFrame =
      LinkFrame::kHeaderSize + LinkFrame::kMostUserData + 2 * 16;

  /// Whether so many bytes are there now.
  bool hold_up_to(std::size_t wanted, Bytes& bytes);
  LinkFrame finish();

  std::array<std::byte, kMostFrame> held_;
  std::size_t size_ = 0;
  bool is_lost_ = false;
};

}  // namespace culvert::dnp3
