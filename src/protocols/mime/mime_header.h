// Header fields of mail (RFC 5322 section 2.2) and their parameters (RFC 2045 section 5.1, RFC
// 2231).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace culvert::mime {

/// A field as it came: the name as written, the value unfolded, without white space in front.
struct Header {
  std::string_view name;
  std::string_view value;
};

bool equals_ignoring_case(std::string_view a, std::string_view b);

/// `type/subtype` of a Content-Type, or what else is in front of the parameters; without white
/// space around it.
std::string_view main_value(std::string_view value);

/// A parameter of a structured field, such as `boundary` or `filename`:
///
///     attachment; filename="a b.txt"                     a b.txt
///     attachment; filename*=utf-8'en'a%20b.txt           a b.txt    (RFC 2231 section 4)
///     attachment; filename*0="a "; filename*1=b.txt      a b.txt    (section 3)
///
/// The plain form is preferred to the others. Nothing: the field has no such parameter. `out` is
/// overwritten; the result views it, or the value.
std::optional<std::string_view> find_parameter(std::string_view value, std::string_view name,
                                               std::string& out);

/// Takes the next item off a list of addresses: up to a comma that is not in a quoted text. Empty
/// items go to the one that follows them, as in the reference. Nothing: the list is empty.
std::optional<std::string_view> take_address(std::string_view& list);

}  // namespace culvert::mime
