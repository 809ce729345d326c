// Any bytes from both ends.
#include "protocols/rfb/rfb_parser.h"
#include "protocols/rfb/rfb_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  rfb::RfbParser parser;
  fuzz_stream(parser, rfb::kRfbProtocol, bytes);
  return 0;
}
