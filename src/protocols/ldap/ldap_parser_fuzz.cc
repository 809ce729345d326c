// Any bytes from both ends in turn, as a stream and as datagrams.
#include "protocols/ldap/ldap_parser.h"
#include "protocols/ldap/ldap_protocol.h"
#include "protocols/text/datagram_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  for (const bool is_stream : {true, false}) {
    ldap::LdapParser parser(is_stream);
    fuzz_datagrams(parser, ldap::kLdapProtocol, std::as_bytes(std::span(data, size)));
  }
  return 0;
}
