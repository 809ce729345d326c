// Any bytes from both ends.
#include "protocols/pop3/pop3_parser.h"
#include "protocols/pop3/pop3_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  pop3::Pop3Parser parser;
  fuzz_stream(parser, pop3::kPop3Protocol, bytes);
  return 0;
}
