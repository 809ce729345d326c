// Any bytes from both ends.
#include "protocols/http/http_parser.h"
#include "protocols/http/http_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  http1::HttpContext context;
  context.defaults.meta_field_limit = 512;
  context.defaults.headers_limit = 32;
  context.defaults.max_tx = 16;
  context.defaults.decompress_layer_limit = 3;
  context.defaults.lzma_enabled = true;
  http1::HttpParser parser(context);
  fuzz_stream(parser, http1::kHttpProtocol, bytes);
  return 0;
}
