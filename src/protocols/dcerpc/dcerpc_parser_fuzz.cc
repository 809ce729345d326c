// Any bytes from both ends, as a stream and as datagrams.
#include "protocols/dcerpc/dcerpc_parser.h"
#include "protocols/dcerpc/dcerpc_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  dcerpc::DcerpcParser stream{dcerpc::DcerpcOptions{}};
  fuzz_stream(stream, dcerpc::kDcerpcProtocol, bytes);
  dcerpc::DcerpcDatagramParser datagrams{dcerpc::DcerpcOptions{}};
  fuzz_datagrams(datagrams, dcerpc::kDcerpcProtocol, bytes);
  return 0;
}
