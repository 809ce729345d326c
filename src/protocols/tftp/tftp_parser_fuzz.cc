// Any bytes as datagrams.
#include "protocols/text/dialogue_fuzzing.h"
#include "protocols/tftp/tftp_parser.h"
#include "protocols/tftp/tftp_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  tftp::TftpParser parser;
  fuzz_datagrams(parser, tftp::kTftpProtocol, std::as_bytes(std::span(data, size)));
  return 0;
}
