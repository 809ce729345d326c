// Any bytes as datagrams.
#include "protocols/ntp/ntp_parser.h"
#include "protocols/ntp/ntp_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  ntp::NtpParser parser;
  fuzz_datagrams(parser, ntp::kNtpProtocol, std::as_bytes(std::span(data, size)));
  return 0;
}
