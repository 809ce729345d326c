// Reading X.509 certificates (RFC 5280). The outline is read here, field by field, and the values
// in it by OpenSSL (times, object identifiers, alternative names, wide strings): d2i_X509 decodes
// more than anybody asks for here, gives up on certificates whose key it does not like, and cannot
// say what was wrong. The texts are those of Suricata: attributes in the certificate's order, its
// own names.
#pragma once

#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/bytes.h"
#include "protocols/tls/tls_transaction.h"

namespace culvert::tls {

/// More alternative names than these are not kept, which is an event.
constexpr std::size_t kMaxAlternativeNames = 1024;

/// Why there is nothing in the certificate; each has its event.
enum class CertificateStatus : std::uint8_t {
  kOk,
  kTooManyAlternativeNames,  ///< some are left out, all else is there
  kMalformed,                ///< a part is longer than what there is
  kInvalidLength,            ///< a part is missing, or has no length
  kInvalidDer,               ///< a part is not what it has to be
  kInvalidVersion,
  kInvalidSerial,
  kInvalidAlgorithm,
  kInvalidDate,
};

/// Fills `out` from a DER certificate; its texts go to `arena`. The fingerprint is there even when
/// the rest is malformed.
[[nodiscard]] CertificateStatus parse_certificate(Bytes der, Arena& arena, Certificate& out);

/// Seconds since 1970 as "2017-03-23T00:00:00", as EVE writes validity.
std::string format_validity(std::int64_t seconds);

}  // namespace culvert::tls
