// A message of Modbus over TCP:
//
//   0               2               4               6     7        8
//   transaction id  protocol id 0   length          unit  function body
//
// `length` counts unit, function and body. Numbers are big-endian. The functions' bodies: MODBUS
// Application Protocol V1.1b3, section 6.
#pragma once

#include <cstdint>
#include <optional>

#include "base/arena.h"
#include "base/bytes.h"
#include "protocols/modbus/modbus_names.h"

namespace culvert::modbus {

inline constexpr std::size_t kHeaderSize = 6;  ///< up to the length
inline constexpr std::uint16_t kLeastLength = 2, kMostLength = 254;

struct Header {
  std::uint16_t transaction = 0, protocol = 0, length = 0;

  bool has_good_length() const { return length >= kLeastLength && length <= kMostLength; }
  /// Nothing when there are not its 6 bytes.
  static std::optional<Header> parse(Bytes front);
};

struct Message {
  std::uint16_t transaction = 0, protocol = 0;
  std::uint8_t unit = 0;
  std::uint8_t raw_function = 0;  ///< as on the wire; 0x80 and more are exceptions
  Category category = kNoCategory;
  std::uint8_t mistakes = 0;

  // What the body has; nothing but `data`: its bytes are there as they are.
  std::optional<std::uint8_t> exception;
  struct Range {
    std::uint16_t address = 0, quantity = 0;
  };
  std::optional<Range> read, write;
  std::optional<Bytes> read_data;   ///< of a response
  std::optional<Bytes> write_data;  ///< with `write`
  struct Single {
    std::uint16_t address = 0, value = 0;  ///< value: quantity, in responses to several
  };
  std::optional<Single> single;
  struct Mask {
    std::uint16_t address = 0, and_mask = 0, or_mask = 0;
  };
  std::optional<Mask> mask;
  std::optional<std::uint16_t> diagnostic;   ///< with `data`
  std::optional<std::uint8_t> encapsulated;  ///< with `data`
  std::optional<Bytes> data;

  std::uint8_t function() const { return raw_function & 0x7f; }
  std::uint16_t access() const { return access_of(function()); }
};

/// From the unit on. What is kept is copied into the arena.
Message parse_request(const Header& header, Bytes body, Arena& arena);
Message parse_response(const Header& header, Bytes body, Arena& arena);
/// A message of which only the header makes sense.
Message header_alone(const Header& header);

/// Whether what a response says is what the request asked for.
bool fits(const Message& request, const Message& response);

}  // namespace culvert::modbus
