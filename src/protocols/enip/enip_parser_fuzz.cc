// Any bytes as what both ends say, in a stream or as datagrams.
#include "protocols/enip/enip_parser.h"
#include "protocols/enip/enip_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const enip::EnipOptions options{.max_transactions = 64};
  const Bytes input = std::as_bytes(std::span(data, size));
  enip::EnipParser stream(options, true), datagrams(options, false);
  fuzz_stream(stream, enip::kEnipProtocol, input);
  fuzz_datagrams(datagrams, enip::kEnipProtocol, input);
  return 0;
}
