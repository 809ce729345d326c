#include "keywords/number_field.h"

#include "rule/value.h"

namespace culvert {

Result<std::uint64_t> parse_mask(std::string_view text) {
  auto mask = parse_unsigned(trim(text), 0xffffffffu);
  if (mask && *mask == 0) return failure("a bitmask of 0 leaves nothing");
  return mask;
}

Result<bool> take_field_option(std::string_view option, NumberField& field, bool& relative) {
  if (option == "relative") {
    relative = true;
  } else if (option == "string") {
    if (field.text == NumberText::kBinary) field.text = NumberText::kAny;
  } else if (option == "hex") {
    field.text = NumberText::kHex;
  } else if (option == "dec") {
    field.text = NumberText::kDecimal;
  } else if (option == "oct") {
    field.text = NumberText::kOctal;
  } else if (option == "big") {
    field.order = ByteOrder::kBig;
  } else if (option == "little") {
    field.order = ByteOrder::kLittle;
  } else if (option == "dce") {
    field.order = ByteOrder::kDce;
  } else if (option.starts_with("bitmask ") || option.starts_with("bitmask\t")) {
    const auto mask = parse_mask(option.substr(8));
    if (!mask) return tl::unexpected(mask.error());
    field.bitmask = *mask;
  } else {
    return false;
  }
  return true;
}

Result<void> check_field(NumberField& field, std::string_view keyword) {
  const bool is_text = field.text != NumberText::kBinary;
  if (field.count.variable < 0) {
    const std::int64_t most = is_text ? 23 : 8;
    if (field.count.number < (is_text ? 0 : 1) || field.count.number > most) {
      return failure(std::string(keyword) + " takes 1 to " + std::to_string(most) + " bytes");
    }
  }
  if (is_text && field.order == ByteOrder::kDce) {
    return failure(std::string(keyword) + ": dce cannot go with string");
  }
  return {};
}

}  // namespace culvert
