// Any bytes from both ends.
#include "protocols/rdp/rdp_parser.h"
#include "protocols/rdp/rdp_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  rdp::RdpParser parser;
  fuzz_stream(parser, rdp::kRdpProtocol, bytes);
  return 0;
}
