// Options that byte_test, byte_jump and byte_extract share: relative, endianness, text, bitmask.
#pragma once

#include <string_view>

#include "base/result.h"
#include "detect/inspect_number.h"

namespace culvert {

/// Takes one option ("relative", "little", "string", "hex", "dce", "bitmask 0x0f"). False: it is
/// none of them.
Result<bool> take_field_option(std::string_view option, NumberField& field, bool& relative);
/// After all options: text without a base is decimal; sizes fit the kind.
Result<void> check_field(NumberField& field, std::string_view keyword);
/// 32-bit mask, decimal or 0x.
Result<std::uint64_t> parse_mask(std::string_view text);

}  // namespace culvert
