// The objects of a message (IEEE 1815 section 4.2.2.7):
//
//   group, variation, qualifier, range, points
//
// The qualifier's low four bits tell what the range is: first and last index, a count, or nothing;
// the next three what is in front of each point: nothing, its index, or its size.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "protocols/dnp3/dnp3_points.h"

namespace culvert::dnp3 {

struct Object {
  std::uint8_t group = 0, variation = 0, qualifier = 0;
  std::uint32_t start = 0, stop = 0, count = 0;
  std::uint32_t points = 0;  ///< that could be read, at the front of `data`
  Bytes data;

  std::uint8_t prefix_code() const { return qualifier >> 4 & 7; }
  std::uint8_t range_code() const { return qualifier & 0xf; }
  bool has_size_prefix() const { return prefix_code() >= 4 && prefix_code() <= 6; }
  bool has_range() const { return range_code() <= 5; }
};

struct ObjectLimits {
  std::uint32_t max_objects = 2048, max_points = 16384;  ///< of a message
};

struct ObjectList {
  enum class Fault : std::uint8_t { kNone, kUnknown, kTooManyPoints, kTooManyObjects };

  std::vector<Object> objects;  ///< view what was parsed
  Fault fault = Fault::kNone;
  bool is_complete = false;  ///< to the last byte

  void parse(Bytes bytes, const ObjectLimits& limits);
};

/// What is in front of a point.
struct PointHead {
  std::uint32_t prefix = 0, index = 0;
  std::size_t size = 0;  ///< of the point, by its prefix
};
/// Of point number `i`; `in` is behind it then.
PointHead read_point_head(const Object& object, std::uint32_t i, ByteCursor& in);

/// Bytes that packed points of one or two bits take in the reference, which those after them depend
/// on: of one bit, one byte more where the last one is full; of two bits, whole bytes only.
std::size_t packed_size(unsigned bits, std::uint32_t count);

/// Calls begin(head), then visit(field, value) for each field, then end(), for each point. Returns
/// how many of `most` were there; `in` is spoilt when packed ones are cut short.
template <class Begin, class Visit, class End>
std::uint32_t for_each_point(const Object& object, std::uint32_t most, ByteCursor& in,
                             Begin&& begin, Visit&& visit, End&& end) {
  const PointFormat* const format = find_format(object.group, object.variation);
  if (format == nullptr) return 0;
  if (const unsigned bits = format->packed_bits; bits != 0) {
    PointHead head = read_point_head(object, 0, in);  // one for all
    const std::size_t wanted = packed_size(bits, object.count);
    const Bytes bytes = in.take(std::min(wanted, in.size()));
    if (bytes.size() < wanted) in.skip(in.size() + 1);
    const auto there = static_cast<std::uint32_t>(bytes.size() * 8 / bits);
    for (std::uint32_t i = 0; i < std::min(most, there); ++i) {
      if (object.prefix_code() == 0 && object.has_range()) head.index = object.start + i;
      const unsigned at = i * bits;
      const auto value = std::to_integer<unsigned>(bytes[at / 8]) >> at % 8 & ((1u << bits) - 1);
      begin(head);
      visit(format->parts[0][0], FieldValue{.number = value, .bytes = {}});
      end();
    }
    return std::min(most, there);
  }
  for (std::uint32_t i = 0; i < most; ++i) {
    ByteCursor ahead = in;
    const PointHead head = read_point_head(object, i, ahead);
    ByteCursor whole = ahead;  // once to see that it is
    const auto ignore = [](const Field&, const FieldValue&) {};
    if (!ahead.ok() || !read_point(*format, whole, head.size, ignore)) return i;
    begin(head);
    (void)read_point(*format, ahead, head.size, visit);
    end();
    in = ahead;
  }
  return most;
}

}  // namespace culvert::dnp3
