// base64url without padding (RFC 4648 section 5), as HTTP2-Settings and DNS over HTTPS have it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace culvert::http2 {

/// Also takes the characters of plain base64, and padding. False: there is another character.
bool decode_base64url(std::string_view text, std::vector<std::byte>& bytes);

}  // namespace culvert::http2
