#include "detect/inspect_number.h"

#include <algorithm>
#include <bit>

#include "detect/inspect.h"

namespace culvert {
namespace {

/// Digits at the start of `text`, after blanks and a sign, as strtoull() reads them.
std::optional<std::uint64_t> parse_text(Bytes text, NumberText kind) {
  std::string_view rest = as_text(text);
  while (!rest.empty() && (rest.front() == ' ' || (rest.front() >= '\t' && rest.front() <= '\r'))) {
    rest.remove_prefix(1);
  }
  bool minus = false;
  if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) {
    minus = rest.front() == '-';
    rest.remove_prefix(1);
  }
  unsigned base = kind == NumberText::kHex ? 16 : kind == NumberText::kOctal ? 8 : 10;
  const bool has_0x = rest.size() > 2 && rest[0] == '0' && (rest[1] | 0x20) == 'x';
  if (has_0x && (kind == NumberText::kHex || kind == NumberText::kAny)) {
    base = 16;
    rest.remove_prefix(2);
  } else if (kind == NumberText::kAny && rest.starts_with('0')) {
    base = 8;
  }
  std::uint64_t value = 0;
  std::size_t digits = 0;
  for (const char c : rest) {
    unsigned digit = 99;
    if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') digit = static_cast<unsigned>((c | 0x20) - 'a') + 10;
    if (digit >= base) break;
    if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value)) {
      return std::nullopt;
    }
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  return minus ? ~value + 1 : value;
}

std::uint64_t read_binary(Bytes bytes, bool little) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::byte b = bytes[little ? bytes.size() - 1 - i : i];
    value = value << 8 | std::to_integer<std::uint64_t>(b);
  }
  return value;
}

}  // namespace

std::optional<FieldValue> read_field(const NumberField& field, bool relative,
                                     const InspectBuffer& buffer, const InspectState& state) {
  const auto size = static_cast<std::int64_t>(buffer.bytes.size());
  std::int64_t count = state.value(field.count);
  const std::int64_t begin =
      (relative ? static_cast<std::int64_t>(state.position) : 0) + state.value(field.offset);
  const bool is_text = field.text != NumberText::kBinary;
  constexpr std::int64_t kMostText = 23, kMostBinary = 8;
  if (begin < 0 || begin > size) return std::nullopt;
  if (is_text && count == 0) count = std::min(size - begin, kMostText);  // as far as digits go
  if (count < 1 || count > (is_text ? kMostText : kMostBinary)) return std::nullopt;
  if (count > size - begin) return std::nullopt;
  const Bytes bytes =
      buffer.bytes.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(count));
  std::uint64_t value = 0;
  if (is_text) {
    const auto parsed = parse_text(bytes, field.text);
    if (!parsed) return std::nullopt;
    value = *parsed;
  } else {
    // What speaks DCE/RPC is little endian, but for what has died out: headers are not asked.
    const bool little = field.order == ByteOrder::kLittle || field.order == ByteOrder::kDce;
    value = read_binary(bytes, little);
  }
  if (field.bitmask != 0) value = (value & field.bitmask) >> std::countr_zero(field.bitmask);
  return FieldValue{value, static_cast<std::size_t>(begin + count)};
}

bool match_byte_test(const ByteTestItem& item, const InspectBuffer& buffer, InspectState& state) {
  const auto field = read_field(item.field, item.relative, buffer, state);
  if (!field) return false;
  const std::uint64_t value = field->value;
  const auto other = static_cast<std::uint64_t>(state.value(item.value));
  bool holds = false;
  switch (item.op) {
    case ByteTestItem::Operator::kLess:
      holds = value < other;
      break;
    case ByteTestItem::Operator::kGreater:
      holds = value > other;
      break;
    case ByteTestItem::Operator::kEqual:
      holds = value == other;
      break;
    case ByteTestItem::Operator::kLessEqual:
      holds = value <= other;
      break;
    case ByteTestItem::Operator::kGreaterEqual:
      holds = value >= other;
      break;
    case ByteTestItem::Operator::kAnd:
      holds = (value & other) != 0;
      break;
    case ByteTestItem::Operator::kXor:
      holds = (value ^ other) != 0;
      break;
  }
  return holds != item.negated;
}

bool match_byte_jump(const ByteJumpItem& item, const InspectBuffer& buffer, InspectState& state) {
  std::optional<FieldValue> field;
  if (item.field.count.variable < 0 && item.field.count.number == 0) {
    // No number to read: the jump is what the options say, from the place itself.
    const std::int64_t at =
        (item.relative ? static_cast<std::int64_t>(state.position) : 0) + state.value(item.field.offset);
    if (at >= 0) field = FieldValue{0, static_cast<std::size_t>(at)};
  } else {
    field = read_field(item.field, item.relative, buffer, state);
  }
  if (!field) return false;
  std::uint64_t jump = field->value * item.multiplier;
  if (item.align) jump = (jump + 3) & ~std::uint64_t{3};
  std::int64_t to = 0;
  switch (item.origin) {
    case ByteJumpItem::Origin::kHere:
      to = static_cast<std::int64_t>(field->end);
      break;
    case ByteJumpItem::Origin::kBeginning:
      break;
    case ByteJumpItem::Origin::kEnd:
      to = static_cast<std::int64_t>(buffer.bytes.size());
      break;
  }
  const auto size = static_cast<std::int64_t>(buffer.bytes.size());
  to += static_cast<std::int64_t>(jump) + state.value(item.post_offset_variable) + item.post_offset;
  if (to > size) return false;
  state.position = static_cast<std::size_t>(std::max<std::int64_t>(to, 0));
  return true;
}

bool match_byte_extract(const ByteExtractItem& item, const InspectBuffer& buffer,
                        InspectState& state) {
  const auto field = read_field(item.field, item.relative, buffer, state);
  if (!field) return false;
  std::uint64_t value = field->value * item.multiplier;
  if (item.align != 0) value = (value + item.align - 1) / item.align * item.align;
  state.variables[static_cast<std::size_t>(item.variable)] = value;
  state.position = field->end;
  return true;
}

bool match_byte_math(const ByteMathItem& item, const InspectBuffer& buffer, InspectState& state) {
  NumberField unmasked = item.field;
  unmasked.bitmask = 0;  // the mask is for the result
  const auto field = read_field(unmasked, item.relative, buffer, state);
  if (!field) return false;
  std::uint64_t value = field->value;
  const auto operand = static_cast<std::uint64_t>(state.value(item.operand));
  switch (item.op) {
    case ByteMathItem::Operator::kAdd:
      value += operand;
      break;
    case ByteMathItem::Operator::kSubtract:
      value -= operand;
      break;
    case ByteMathItem::Operator::kMultiply:
      value *= operand;
      break;
    case ByteMathItem::Operator::kDivide:
      if (operand == 0) return false;
      value /= operand;
      break;
    case ByteMathItem::Operator::kShiftLeft:
      value = operand < 64 ? value << operand : 0;
      break;
    case ByteMathItem::Operator::kShiftRight:
      value = operand < 64 ? value >> operand : 0;
      break;
  }
  if (item.field.bitmask != 0) {
    value = (value & item.field.bitmask) >> std::countr_zero(item.field.bitmask);
  }
  state.variables[static_cast<std::size_t>(item.variable)] = value;
  state.position = field->end;
  return true;
}

}  // namespace culvert
