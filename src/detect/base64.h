// Base64 as rules see it (from_base64, base64_decode): RFC 4648, RFC 2045 and strict.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace culvert {

enum class Base64Mode : std::uint8_t {
  kRfc2045,  ///< lines: bytes that are no base64 are skipped
  kRfc4648,  ///< up to the first byte that is no base64
  kStrict,   ///< nothing when a byte is no base64
};

/// Decodes into `out`. False: nothing could be decoded.
bool decode_base64(Bytes in, Base64Mode mode, std::vector<std::byte>& out);

}  // namespace culvert
