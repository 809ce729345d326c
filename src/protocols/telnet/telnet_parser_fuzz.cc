// Any bytes from both ends.
#include "protocols/telnet/telnet_parser.h"
#include "protocols/telnet/telnet_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  telnet::TelnetParser parser;
  fuzz_stream(parser, telnet::kTelnetProtocol, bytes);
  return 0;
}
