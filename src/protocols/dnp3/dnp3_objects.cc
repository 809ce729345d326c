#include "protocols/dnp3/dnp3_objects.h"

namespace culvert::dnp3 {
namespace {

/// False: the range is cut short, or there is no such range.
bool read_range(Object& object, ByteCursor& in) {
  switch (object.range_code()) {
    case 0:
    case 3:
      object.start = in.u8();
      object.stop = in.u8();
      break;
    case 1:
    case 4:
      object.start = in.u16_little();
      object.stop = in.u16_little();
      break;
    case 2:
    case 5:
      object.start = in.u32_little();
      object.stop = in.u32_little();
      break;
    case 6:
      return true;
    case 7:
    case 11:
      object.count = in.u8();
      return in.ok();
    case 8:
      object.count = in.u16_little();
      return in.ok();
    case 9:
      object.count = in.u32_little();
      return in.ok();
    default:
      return false;
  }
  if (!in.ok()) return false;
  object.count = object.stop - object.start + 1;  // a range that is none has far too many
  return true;
}

}  // namespace

std::size_t packed_size(unsigned bits, std::uint32_t count) {
  const std::size_t size = std::size_t{count} * bits / 8;
  return bits == 1 ? size + 1 : std::max<std::size_t>(size, 1);
}

PointHead read_point_head(const Object& object, std::uint32_t i, ByteCursor& in) {
  PointHead head;
  const std::uint8_t code = object.prefix_code();
  const auto index = object.has_range() ? object.start + i : 0;
  if (code == 0 || code == 7) {
    head.index = index;
    return head;
  }
  constexpr std::size_t kWidths[] = {1, 2, 4};
  head.prefix = static_cast<std::uint32_t>(in.read_little(kWidths[(code - 1) % 3]));
  if (object.has_size_prefix()) {
    head.size = head.prefix;
    head.index = index;
  } else {
    head.index = head.prefix;
  }
  return head;
}

void ObjectList::parse(Bytes bytes, const ObjectLimits& limits) {
  ByteCursor in(bytes);
  std::uint64_t points = 0;
  while (!in.empty()) {
    if (objects.size() >= limits.max_objects) {
      fault = Fault::kTooManyObjects;
      return;
    }
    Object object;
    object.group = in.u8();
    object.variation = in.u8();
    object.qualifier = in.u8();
    if (!in.ok()) return;
    const bool has_range = read_range(object, in);
    objects.push_back(object);
    if (!has_range) return;
    Object& kept = objects.back();
    if (kept.variation == 0 || kept.count == 0) continue;  // it asks for what there is
    const PointFormat* const format = find_format(kept.group, kept.variation);
    points += kept.count;
    if (points > limits.max_points) {
      fault = Fault::kTooManyPoints;
      return;
    }
    kept.data = in.rest();
    kept.points = for_each_point(
        kept, kept.count, in, [](const PointHead&) {}, [](const Field&, const FieldValue&) {},
        [] {});
    const bool is_packed = format != nullptr && format->packed_bits != 0;
    if (!in.ok() || (!is_packed && kept.points < kept.count)) {
      fault = Fault::kUnknown;
      return;
    }
  }
  is_complete = true;
}

}  // namespace culvert::dnp3
