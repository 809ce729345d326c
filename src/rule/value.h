// What the values of many keywords are made of: lists, escapes, quotes. All give views of their
// argument unless they say otherwise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culvert {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
/// Whether a backslash before it is no part of the value.
constexpr bool can_be_escaped(char c) { return c == ';' || c == ':' || c == '"' || c == '\\'; }

/// Without spaces and tabs at both ends.
std::string_view trim(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// The parts between separators, trimmed. "a, b,c" gives three, "" gives one empty part.
std::vector<std::string_view> split_list(std::string_view text, char separator = ',');
/// The same at runs of spaces and tabs, without empty parts.
std::vector<std::string_view> split_words(std::string_view text);

/// Cuts a '!' (and space after it) off the front; says if there was one.
bool take_negation(std::string_view& text);
/// Letters, digits and `others`, one at least.
bool is_word(std::string_view text, std::string_view others);
/// Cuts surrounding double quotes off; says if there were any.
bool take_quotes(std::string_view& text);

/// Removes the backslash of \; \: \" and \\, as in `msg`. Other backslashes stay.
std::string unescape(std::string_view text);
/// The opposite, for printing: escapes ; " and the backslash.
std::string escape(std::string_view text);

/// A whole number, decimal or with 0x, from `lowest` to `highest`; anything around it is refused.
Result<std::int64_t> parse_integer(std::string_view text, std::int64_t lowest,
                                   std::int64_t highest);
Result<std::uint64_t> parse_unsigned(std::string_view text, std::uint64_t highest);

}  // namespace culvert
