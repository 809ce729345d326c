// The comparison that integer keywords share, as in "Integer Keywords" of Suricata's manual:
//
//   10  =10  !10  !=10   <10  <=10  >10  >=10    1kb  2MB  1gb  0x1f  enumeration names
//   10-20  10<>20        greater than 10 and less than 20: both ends excluded
//   !10-20               the opposite
//   &0x06=0x02  &6!=2    bits under a mask
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace culvert {

/// Names that a keyword takes instead of numbers, in any case.
using NumberNames = std::span<const std::pair<std::string_view, std::uint64_t>>;

/// A test of one unsigned number.
class NumberMatch {
 public:
  enum class Kind : std::uint8_t {
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kInside,       ///< a < value < b
    kOutside,      ///< not kInside
    kMaskEqual,    ///< (value & a) == b
    kMaskNotEqual  ///< (value & a) != b
  };

  constexpr NumberMatch(Kind kind, std::uint64_t a, std::uint64_t b = 0)
      : a_(a), b_(b), kind_(kind) {}

  /// Parses the test of a number in 0..`highest`, a type's maximum such as UINT16_MAX. Refuses
  /// numbers beyond it and tests that hold always or never.
  [[nodiscard]] static Result<NumberMatch> parse(std::string_view text, std::uint64_t highest,
                                                 NumberNames names = {});

  constexpr bool matches(std::uint64_t value) const {
    switch (kind_) {
      case Kind::kEqual:
        return value == a_;
      case Kind::kNotEqual:
        return value != a_;
      case Kind::kLess:
        return value < a_;
      case Kind::kLessOrEqual:
        return value <= a_;
      case Kind::kGreater:
        return value > a_;
      case Kind::kGreaterOrEqual:
        return value >= a_;
      case Kind::kInside:
        return value > a_ && value < b_;
      case Kind::kOutside:
        return value <= a_ || value >= b_;
      case Kind::kMaskEqual:
        return (value & a_) == b_;
      case Kind::kMaskNotEqual:
        return (value & a_) != b_;
    }
    return false;
  }

  constexpr Kind kind() const { return kind_; }
  constexpr std::uint64_t a() const { return a_; }
  constexpr std::uint64_t b() const { return b_; }
  /// In the syntax above.
  std::string text() const;

  friend constexpr bool operator==(const NumberMatch&, const NumberMatch&) = default;

 private:
  std::uint64_t a_, b_;
  Kind kind_;
};

/// One number: decimal, 0x hex, with kb, mb or gb (also kib...) as 1024s, or a name.
[[nodiscard]] Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t highest,
                                                 NumberNames names = {});

}  // namespace culvert
