// Any bytes from both ends in turn, as a stream and as datagrams.
#include "protocols/krb5/krb5_parser.h"
#include "protocols/krb5/krb5_protocol.h"
#include "protocols/text/datagram_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  for (const bool is_stream : {true, false}) {
    krb5::Krb5Parser parser(is_stream);
    fuzz_datagrams(parser, krb5::kKrb5Protocol, std::as_bytes(std::span(data, size)));
  }
  return 0;
}
