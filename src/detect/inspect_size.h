// bsize: how long a buffer is.
#pragma once

#include "detect/inspect_item.h"

namespace culvert {

struct BsizeItem final : InspectItem {
  BsizeItem() : InspectItem(InspectKind::kBsize) {}
  enum class Operator : std::uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kInside };
  Operator op = Operator::kEqual;
  std::uint64_t a = 0, b = 0;
  std::int16_t variable = -1;  ///< instead of `a`

  bool holds(std::uint64_t size, std::uint64_t value) const {
    switch (op) {
      case Operator::kEqual:
        return size == value;
      case Operator::kNotEqual:
        return size != value;
      case Operator::kLess:
        return size < value;
      case Operator::kLessEqual:
        return size <= value;
      case Operator::kGreater:
        return size > value;
      case Operator::kGreaterEqual:
        return size >= value;
      case Operator::kInside:
        return size > value && size < b;
    }
    return false;
  }
};

}  // namespace culvert
