// Any bytes from both ends.
#include "protocols/text/dialogue_fuzzing.h"
#include "protocols/tls/tls_parser.h"
#include "protocols/tls/tls_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const tls::TlsOptions options;
  tls::TlsParser parser(options);
  fuzz_stream(parser, tls::kTlsProtocol, bytes);
  return 0;
}
