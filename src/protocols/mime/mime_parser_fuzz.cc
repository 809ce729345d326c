// Any bytes as a message, whole and cut in two at a place that the input chooses: the same results.
#include <array>
#include <cstdint>

#include "protocols/mime/mime_testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const mime::MimeOptions options{.body_md5 = true, .url_schemes = {"http", "https", "ftp"}};
  const std::size_t cut = size == 0 ? 0 : data[size / 2] % size;
  mime::ParsedMessage whole, pieces;
  whole.parse(options, std::array{bytes});
  pieces.parse(options, std::array{bytes.first(cut), bytes.subspan(cut)});
  if (whole.described() != pieces.described()) __builtin_trap();
  if (whole.message.body_md5 != pieces.message.body_md5) __builtin_trap();
  return 0;
}
