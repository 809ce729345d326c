// The header HTTP2-Settings: a SETTINGS payload as base64url without padding (RFC 7540 section 3.2.1).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace culvert::http2 {

/// False: it is none.
bool decode_settings_header(std::string_view text, std::vector<std::byte>& payload);

}  // namespace culvert::http2
