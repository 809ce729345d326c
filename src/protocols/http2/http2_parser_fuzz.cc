// Any bytes from both ends.
#include "protocols/http2/http2_parser.h"
#include "protocols/http2/http2_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  http2::Http2Context context;
  context.options.max_streams = 64;
  http2::Http2Parser parser(context);
  fuzz_stream(parser, http2::kHttp2Protocol, bytes);
  return 0;
}
