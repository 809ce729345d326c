// A CIP message (volume 1, section 2-4):
//
//   request   service          size of path in words (1)  path  data
//   response  service | 0x80   0    status (1)  size of extended status (1)  extended status  data
//
// A path is of segments: type (1), value; or with a 16 or 32 bit value type, 0, value.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"

namespace culvert::enip {

enum Service : std::uint8_t { kGetList = 3, kSetList = 4, kMultiple = 10 };

/// Types of segments without the bits of their value's size.
enum Segment : std::uint8_t { kClass = 0x20, kInstance = 0x24, kAttribute = 0x30 };

struct PathSegment {
  std::uint8_t type = 0;  ///< as on the wire
  std::uint32_t value = 0;
  std::uint8_t kind() const { return type & 0xfc; }
};

struct CipMessage {
  static constexpr std::size_t kMostSegments = 64, kMostServices = 64, kMostAttributes = 256;

  std::uint8_t service = 0;  ///< without the bit of responses
  bool is_response = false;
  std::vector<PathSegment> path;
  std::vector<std::uint16_t> attributes;  ///< of a list
  std::uint8_t status = 0;
  Bytes extended_status;             ///< in the arena
  std::vector<CipMessage> services;  ///< of a multiple service packet, one level deep

  /// False: it is none.
  [[nodiscard]] bool parse(Bytes bytes, Arena& arena, bool is_inner = false);
  std::optional<std::uint32_t> class_number() const;

 private:
  [[nodiscard]] bool parse_path(Bytes bytes);
  [[nodiscard]] bool parse_services(Bytes bytes, Arena& arena);
};

}  // namespace culvert::enip
