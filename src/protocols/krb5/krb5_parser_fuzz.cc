// Any bytes from both ends, as a stream and as datagrams.
#include "protocols/krb5/krb5_parser.h"
#include "protocols/krb5/krb5_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  krb5::Krb5Parser stream(true), datagrams(false);
  fuzz_stream(stream, krb5::kKrb5Protocol, bytes);
  fuzz_datagrams(datagrams, krb5::kKrb5Protocol, bytes);
  return 0;
}
