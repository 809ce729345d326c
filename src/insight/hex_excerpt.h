// Bytes for people: a few lines of a hexdump around a place, with that place marked, and the place in
// a buffer that comes nearest to a pattern.
//
//     0010  47 45 54 20 2f 61 62 63  64 20 48 54 54 50 2f 31  GET /abcd HTTP/1
//                       ^^ ^^ ^^ ^^
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace culvert {

/// At most `most_lines` lines of 16 bytes each that show [begin, end), and the line of marks below
/// each that has some. An empty range marks nothing: the front of the buffer is shown.
std::vector<std::string> hex_excerpt(Bytes bytes, std::size_t begin, std::size_t end,
                                     std::size_t most_lines = 3);

/// As rules write it: "GET |0d 0a|". Cut after `most` bytes, which "..." then says.
std::string quote_content(Bytes bytes, std::size_t most = 48);

struct NearestPlace {
  std::size_t at = 0;
  std::size_t equal = 0;    ///< bytes that are as in the pattern
  bool other_case = false;  ///< all are, when upper and lower case are the same
};
/// Where in [begin, end) of `data` the pattern comes nearest: most equal bytes, the first of several.
/// Slow: looks at no more than the first 64 KiB.
NearestPlace find_nearest(Bytes data, Bytes pattern, bool nocase, std::size_t begin, std::size_t end);

}  // namespace culvert
