// Any bytes, whole and byte by byte: the same lines, which put together are the input.
#include <cstdint>
#include <string>

#include "protocols/text/line_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const auto read = [&](std::size_t piece_size) {
    LineReader reader(16);
    std::string lines, content;
    const auto note = [&](const Line& line) {
      content += as_text(line.bytes);
      lines += std::string(as_text(line.bytes)) + (line.begins ? "b" : "") + (line.ends ? "e|" : "|");
    };
    for (std::size_t at = 0; at < bytes.size(); at += piece_size) {
      Bytes piece = bytes.subspan(at, std::min(piece_size, bytes.size() - at));
      while (const auto line = reader.next(piece)) note(*line);
    }
    if (const auto line = reader.flush()) note(*line);
    if (content != as_text(bytes)) __builtin_trap();
    return lines;
  };
  if (read(bytes.size() + 1) != read(1)) __builtin_trap();
  return 0;
}
