#include <cstdlib>
#include <string>

#include "protocols/http/uri_normalize.h"

using namespace culvert;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  http1::HttpOptions options;
  options.double_decode_path = (data[0] & 1) != 0;
  options.double_decode_query = (data[0] & 2) != 0;
  options.uri_include_all = (data[0] & 4) != 0;
  options.query_plus_to_space = (data[0] & 8) != 0;
  options.path_lower_case = (data[0] & 16) != 0;
  options.path_decode_utf8 = (data[0] & 32) != 0;
  options.path_decode_separators = (data[0] & 64) != 0;
  options.path_invalid_escape = static_cast<http1::HttpOptions::InvalidEscape>(data[1] % 3);
  const std::string_view raw = as_text(std::as_bytes(std::span(data + 2, size - 2)));
  Arena arena;
  const auto result = http1::normalize_uri(options, raw, data[0] >= 128, arena);
  if (result.uri.size() > raw.size() + 3) std::abort();
  static_cast<void>(http1::normalize_host(raw, arena));
  return 0;
}
