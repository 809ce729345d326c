// Options of TLS: `app-layer.protocols.tls`.
#pragma once

#include "app/encryption_options.h"

namespace culvert::tls {

struct TlsOptions {
  EncryptionHandling encryption_handling = EncryptionHandling::kTrackOnly;
  FingerprintMode ja3 = FingerprintMode::kAuto;
  FingerprintMode ja4 = FingerprintMode::kAuto;
};

}  // namespace culvert::tls
