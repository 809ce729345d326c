// Any bytes from both ends, as a stream and as datagrams.
#include "protocols/ldap/ldap_parser.h"
#include "protocols/ldap/ldap_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  ldap::LdapParser stream(true), datagrams(false);
  fuzz_stream(stream, ldap::kLdapProtocol, bytes);
  fuzz_datagrams(datagrams, ldap::kLdapProtocol, bytes);
  return 0;
}
