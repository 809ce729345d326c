// The chunked transfer coding (RFC 9112 section 7.1): the line that gives a chunk's size.
#pragma once

#include <cstdint>
#include <string_view>

namespace culvert::http1 {

struct ChunkSize {
  enum class Kind : std::uint8_t {
    kSize,
    kBlank,    ///< nothing but white space: the size is yet to come
    kInvalid,  ///< no size
    kMore,     ///< the line goes on beyond the text, and is good so far
  };
  Kind kind = Kind::kMore;
  std::uint64_t size = 0;
  std::size_t line_size = 0;  ///< with its end; 0 when that has not come
  bool has_extension = false;
};

/// Reads the line at the start of `text`. White space and control characters before the size count
/// for nothing, and neither does what follows it.
ChunkSize parse_chunk_size(std::string_view text);

}  // namespace culvert::http1
