// Options of TLS: `app-layer.protocols.tls`.
#pragma once

#include <cstdint>

namespace culvert::tls {

/// What to do once the handshake is over (`encryption-handling`).
enum class EncryptionHandling : std::uint8_t {
  kTrackOnly,  ///< parse on, but payload rules skip what is encrypted
  kBypass,     ///< bypass the flow
  kFull,       ///< as if it were not encrypted
};

/// `ja3-fingerprints` and `ja4-fingerprints`.
enum class FingerprintMode : std::uint8_t {
  kAuto,  ///< made for rules that ask, and then logged too
  kYes,
  kNo,
};

struct TlsOptions {
  EncryptionHandling encryption_handling = EncryptionHandling::kTrackOnly;
  FingerprintMode ja3 = FingerprintMode::kAuto;
  FingerprintMode ja4 = FingerprintMode::kAuto;
};

}  // namespace culvert::tls
