// What the points of each group and variation hold (IEEE 1815 annex A), in the order of the wire
// and with EVE's names.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/byte_cursor.h"
#include "base/bytes.h"

namespace culvert::dnp3 {

struct Field {
  enum class Kind : std::uint8_t {
    kBits,      ///< `size` bits of a byte, from the lowest on
    kUnsigned,  ///< of `size` bytes
    kSigned,
    kFloat,
    kText,  ///< as long as the field number `size` says; or kRest, or kFixed more than the size
    kBlob,  ///< the same, any bytes
  };
  static constexpr std::uint8_t kRest = 0xff;  ///< what is left of the point
  static constexpr std::uint8_t kFixed = 0x80;

  std::string_view name;
  Kind kind = Kind::kUnsigned;
  std::uint8_t size = 0;
};

/// A point is its parts, one after the other.
struct PointFormat {
  std::array<std::span<const Field>, 3> parts;
  std::uint8_t packed_bits = 0;  ///< not 0: so many bits a point, of one field, packed
};

/// Null: there is none.
const PointFormat* find_format(std::uint8_t group, std::uint8_t variation);

/// A field's value, by its kind.
struct FieldValue {
  std::uint64_t number = 0;  ///< bits, unsigned, and signed ones with their sign extended
  double real = 0;
  Bytes bytes;  ///< text, blob
};

/// Reads a point; visit(field, value) for each of its fields. `size`: of the point, where a prefix
/// says so, else 0. False: it does not fit.
template <class Visit>
[[nodiscard]] bool read_point(const PointFormat& format, ByteCursor& in, std::size_t size,
                              Visit&& visit);

// ------------------------------------------------------------------------------- implementation

/// Reads the fields of one point.
class PointReader {
 public:
  PointReader(ByteCursor& in, std::size_t size) : in_(in), before_(in.size()), size_(size) {}
  FieldValue read(const Field& field);
  bool ok() const { return in_.ok() && ok_; }

 private:
  static constexpr std::size_t kMostFields = 24;

  ByteCursor& in_;
  const std::size_t before_, size_;
  std::array<std::uint64_t, kMostFields> numbers_{};  ///< of fields so far
  std::size_t count_ = 0;
  unsigned bits_ = 0, bits_left_ = 0;
  bool ok_ = true;
};

template <class Visit>
bool read_point(const PointFormat& format, ByteCursor& in, std::size_t size, Visit&& visit) {
  PointReader reader(in, size);
  for (const auto& part : format.parts) {
    for (const Field& field : part) {
      const FieldValue value = reader.read(field);
      if (!reader.ok()) return false;
      visit(field, value);
    }
  }
  return true;
}

}  // namespace culvert::dnp3
