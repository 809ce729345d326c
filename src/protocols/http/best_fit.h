// What servers of one byte a character make of Unicode: the character that looks most like it, as
// Windows' code page 1252 has it ("best fit"). So U+FF0F, a wide slash, opens folders as "/" does.
#pragma once

#include <cstdint>

namespace culvert::http1 {

/// `replacement` when nothing fits.
std::uint8_t best_fit(char32_t code_point, std::uint8_t replacement);

}  // namespace culvert::http1
