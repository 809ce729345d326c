// Options that protocols with a handshake in the clear have in common: TLS and SSH.
#pragma once

#include <cstdint>
#include <string_view>

namespace culvert {

class ConfigNode;
struct Complaints;

/// What to do once both ends encrypt (`encryption-handling`).
enum class EncryptionHandling : std::uint8_t {
  kTrackOnly,  ///< parse on, but payload rules skip what is encrypted
  kBypass,     ///< bypass the flow
  kFull,       ///< as if it were not encrypted
};

/// Of the handshake: `ja3-fingerprints`, `ja4-fingerprints`, `hassh`.
enum class FingerprintMode : std::uint8_t {
  kAuto,  ///< made for rules that ask, and then logged too
  kYes,
  kNo,
};

/// `value` stays where the key is missing.
void read_option(const ConfigNode& root, std::string_view path, EncryptionHandling& value,
                 Complaints& complaints);
void read_option(const ConfigNode& root, std::string_view path, FingerprintMode& value,
                 Complaints& complaints);

}  // namespace culvert
