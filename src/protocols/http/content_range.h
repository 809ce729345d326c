// `Content-Range: bytes 0-99/1000` (RFC 9110 section 14.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "files/file.h"

namespace culvert::http1 {

struct ContentRange {
  FileRange range;
  std::optional<std::uint64_t> total;  ///< nothing: not known ("*")
};

/// Nothing: it is no range of bytes.
std::optional<ContentRange> parse_content_range(std::string_view value);

}  // namespace culvert::http1
