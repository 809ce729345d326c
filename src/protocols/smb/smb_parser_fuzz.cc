// Any bytes from both ends.
#include "protocols/smb/smb_parser.h"
#include "protocols/smb/smb_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  smb::SmbParser parser{smb::SmbOptions{}};
  fuzz_stream(parser, smb::kSmbProtocol, bytes);
  return 0;
}
