// What a session setup says of who logs on: NTLMSSP (MS-NLMP) or Kerberos (RFC 4120), in SPNEGO
// (RFC 4178) or as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace culvert::smb {

/// An AUTHENTICATE message, MS-NLMP section 2.2.1.3.
struct Ntlmssp {
  std::string domain, user, host;
  std::optional<std::string> version;  ///< "6.1 build 7601 rev 15"
  bool unusual_order = false;          ///< domain, user and host are not in that order
};
struct Kerberos {
  std::string realm;
  std::vector<std::string> names;  ///< of the service
};

struct SecurityBlob {
  static constexpr std::size_t kMostNames = 16;
  std::optional<Ntlmssp> ntlmssp;
  std::optional<Kerberos> kerberos;
  bool malformed_ntlmssp = false;

  static SecurityBlob parse(Bytes blob);
};

}  // namespace culvert::smb
