#include "builtin/protocols.h"

#include <array>

#include "protocols/dns/dns_protocol.h"
#include "protocols/tls/tls_protocol.h"

namespace culvert {

std::span<const ProtocolSpec* const> builtin_protocols() {
  static constexpr std::array kProtocols{&tls::kTlsProtocol, &dns::kDnsProtocol,
                                         &dns::kMdnsProtocol};
  return kProtocols;
}

}  // namespace culvert
