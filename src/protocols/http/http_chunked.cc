#include "protocols/http/http_chunked.h"

#include "protocols/http/http_text.h"

namespace culvert::http1 {
namespace {

/// A line of a chunk's size has to end within this.
constexpr std::size_t kMaxLine = 8192;
constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 56;

}  // namespace

ChunkSize parse_chunk_size(std::string_view text) {
  ChunkSize chunk;
  std::size_t i = 0;
  while (i < text.size() && (is_space(text[i]) || text[i] == '\0')) {
    if (text[i] == '\n') {
      chunk.kind = ChunkSize::Kind::kBlank;
      chunk.line_size = i + 1;
      return chunk;
    }
    ++i;
  }
  const std::size_t digits = i;
  bool is_huge = false;
  while (i < text.size() && hex_value(text[i]) >= 0) {
    is_huge = is_huge || chunk.size >= kMaxSize;
    if (!is_huge) chunk.size = chunk.size * 16 + static_cast<std::uint64_t>(hex_value(text[i]));
    ++i;
  }
  if (i == digits && i == text.size()) return chunk;
  const std::size_t end = text.find('\n', i);
  if (i == digits || is_huge) {
    chunk.kind = ChunkSize::Kind::kInvalid;
    if (end != std::string_view::npos) chunk.line_size = end + 1;
    return chunk;
  }
  if (end == std::string_view::npos) {
    if (text.size() > kMaxLine) chunk.kind = ChunkSize::Kind::kInvalid;
    return chunk;
  }
  chunk.kind = ChunkSize::Kind::kSize;
  chunk.line_size = end + 1;
  chunk.has_extension = text.substr(i, end - i).find(';') != std::string_view::npos;
  return chunk;
}

}  // namespace culvert::http1
