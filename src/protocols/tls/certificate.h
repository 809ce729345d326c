// Reading X.509 certificates (RFC 5280), with OpenSSL. The texts are those of Suricata, which come
// from another library: attributes in the certificate's order, its own spellings of their names.
#pragma once

#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/bytes.h"
#include "protocols/tls/tls_transaction.h"

namespace culvert::tls {

/// More alternative names than these are not kept, which is an event.
constexpr std::size_t kMaxAlternativeNames = 1024;

enum class CertificateStatus : std::uint8_t { kOk, kMalformed, kTooManyAlternativeNames };

/// Fills `out` from a DER certificate; its texts go to `arena`. The fingerprint is there even when
/// the rest is malformed.
[[nodiscard]] CertificateStatus parse_certificate(Bytes der, Arena& arena, Certificate& out);

/// Seconds since 1970 as "2017-03-23T00:00:00", as EVE writes validity.
std::string format_validity(std::int64_t seconds);

}  // namespace culvert::tls
