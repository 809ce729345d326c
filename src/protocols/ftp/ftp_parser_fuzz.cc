// Any bytes from both ends.
#include "protocols/ftp/ftp_parser.h"
#include "protocols/ftp/ftp_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const ftp::FtpOptions options{.max_line = 64, .max_transactions = 16};
  ftp::FtpParser parser(options);
  fuzz_stream(parser, ftp::kFtpProtocol, bytes);
  return 0;
}
