// Texts of SMB: UTF-16 in little endian, or bytes of some code page.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace culvert::smb {

/// To UTF-8, without the zeros; what is no UTF-16 becomes U+FFFD.
std::string from_utf16(Bytes bytes);
/// The text up to the next zero, which is taken off too. `unicode`: of 16 bits.
std::string take_text(Bytes& rest, bool unicode);

}  // namespace culvert::smb
