// Any bytes from both ends.
#include "protocols/smtp/smtp_parser.h"
#include "protocols/smtp/smtp_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const smtp::SmtpOptions options;
  smtp::SmtpParser parser(options);
  fuzz_stream(parser, smtp::kSmtpProtocol, bytes);
  return 0;
}
