// Any bytes as datagrams.
#include "protocols/ike/ike_parser.h"
#include "protocols/ike/ike_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  ike::IkeParser parser;
  fuzz_datagrams(parser, ike::kIkeProtocol, std::as_bytes(std::span(data, size)));
  return 0;
}
