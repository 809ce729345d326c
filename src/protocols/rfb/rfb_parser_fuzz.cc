// Any bytes from both ends in turn, in pieces whose sizes the bytes say themselves.
#include "protocols/rfb/rfb_parser.h"
#include "protocols/rfb/rfb_protocol.h"
#include "protocols/text/datagram_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  rfb::RfbParser parser;
  fuzz_datagrams(parser, rfb::kRfbProtocol, std::as_bytes(std::span(data, size)));
  return 0;
}
