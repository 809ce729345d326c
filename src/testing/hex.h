// Bytes for tests, as one writes them on paper.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace culvert {

/// "45 00 0014 dead:beef" to bytes; space, colons, dots and newlines are for the reader. Anything else
/// that is no digit, or an odd number of digits, ends the program: a test says what it means.
std::vector<std::byte> hex(std::string_view text);
/// The other way round: "45000014", two digits a byte.
std::string to_hex(Bytes bytes);
/// The bytes of a text, owned.
std::vector<std::byte> text_bytes(std::string_view text);
/// All of them, one after the other.
std::vector<std::byte> concat(std::initializer_list<Bytes> parts);

}  // namespace culvert
