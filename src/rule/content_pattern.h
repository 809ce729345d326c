// The pattern language of `content` and of keywords that take patterns like it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace culvert {

/// The bytes that a pattern means; text as it is, hex between bars, and a backslash before " ; :
/// and itself: `GET |2f 41|\"` means `GET /A"`. Bytes within bars are two digits each, with any
/// space. `text` is the inside of the quotes (RuleOption::value). Refuses other escapes, half
/// bytes, open bars, quotes without backslash, and patterns that mean nothing.
[[nodiscard]] Result<std::string> parse_content_pattern(std::string_view text);

/// A pattern that parses to these bytes: printable ASCII as it is, the rest as hex.
std::string print_content_pattern(std::string_view bytes);

}  // namespace culvert
