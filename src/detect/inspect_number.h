// Numbers in buffers: what byte_test, byte_jump, byte_extract and byte_math have in common.
#pragma once

#include <cstdint>
#include <optional>

#include "detect/inspect_item.h"

namespace culvert {

enum class ByteOrder : std::uint8_t { kBig, kLittle, kDce };
enum class NumberText : std::uint8_t { kBinary, kAny, kOctal, kDecimal, kHex };

/// Where a number is and how it is written.
struct NumberField {
  NumberOrVariable count;   ///< bytes, 1..8 binary, to 23 as text
  NumberOrVariable offset;  ///< from the position (relative) or the start
  ByteOrder order = ByteOrder::kBig;
  NumberText text = NumberText::kBinary;
  std::uint64_t bitmask = 0;  ///< 0: none; the result is shifted down by its trailing zeros
};

/// A number read, and where its bytes end.
struct FieldValue {
  std::uint64_t value;
  std::size_t end;
};

struct ByteTestItem final : InspectItem {
  ByteTestItem() : InspectItem(InspectKind::kByteTest) {}
  enum class Operator : std::uint8_t { kLess, kGreater, kEqual, kLessEqual, kGreaterEqual, kAnd, kXor };
  NumberField field;
  Operator op = Operator::kEqual;
  NumberOrVariable value;
};

struct ByteJumpItem final : InspectItem {
  ByteJumpItem() : InspectItem(InspectKind::kByteJump) {}
  enum class Origin : std::uint8_t { kHere, kBeginning, kEnd };
  NumberField field;
  std::uint64_t multiplier = 1;
  std::int64_t post_offset = 0;
  NumberOrVariable post_offset_variable;
  Origin origin = Origin::kHere;
  bool align = false;
};

struct ByteExtractItem final : InspectItem {
  ByteExtractItem() : InspectItem(InspectKind::kByteExtract) {}
  NumberField field;
  std::uint64_t multiplier = 1;
  std::uint32_t align = 0;  ///< 2 or 4: rounded up
  std::int16_t variable = 0;
};

struct ByteMathItem final : InspectItem {
  ByteMathItem() : InspectItem(InspectKind::kByteMath) {}
  enum class Operator : std::uint8_t { kAdd, kSubtract, kMultiply, kDivide, kShiftLeft, kShiftRight };
  NumberField field;
  Operator op = Operator::kAdd;
  NumberOrVariable operand;
  std::int16_t variable = 0;
};

struct IsDataAtItem final : InspectItem {
  IsDataAtItem() : InspectItem(InspectKind::kIsDataAt) {}
  NumberOrVariable at;
};

/// The field, or nothing when the buffer does not hold it.
std::optional<FieldValue> read_field(const NumberField& field, bool relative,
                                     const InspectBuffer& buffer, const InspectState& state);

bool match_byte_test(const ByteTestItem& item, const InspectBuffer& buffer, InspectState& state);
/// These move the position.
bool match_byte_jump(const ByteJumpItem& item, const InspectBuffer& buffer, InspectState& state);
bool match_byte_extract(const ByteExtractItem& item, const InspectBuffer& buffer,
                        InspectState& state);
bool match_byte_math(const ByteMathItem& item, const InspectBuffer& buffer, InspectState& state);

}  // namespace culvert
