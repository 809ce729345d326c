#include "app/encryption_options.h"

#include "config/config_node.h"

namespace culvert {

void read_option(const ConfigNode& root, std::string_view path, EncryptionHandling& value,
                 Complaints& complaints) {
  constexpr ConfigChoice<EncryptionHandling> kChoices[] = {
      {"track-only", EncryptionHandling::kTrackOnly},
      {"default", EncryptionHandling::kTrackOnly},
      {"bypass", EncryptionHandling::kBypass},
      {"full", EncryptionHandling::kFull},
  };
  value = root.choice(path, kChoices, value, complaints);
}

void read_option(const ConfigNode& root, std::string_view path, FingerprintMode& value,
                 Complaints& complaints) {
  constexpr ConfigChoice<FingerprintMode> kChoices[] = {
      {"auto", FingerprintMode::kAuto}, {"yes", FingerprintMode::kYes},
      {"true", FingerprintMode::kYes},  {"on", FingerprintMode::kYes},
      {"no", FingerprintMode::kNo},     {"false", FingerprintMode::kNo},
      {"off", FingerprintMode::kNo},
  };
  value = root.choice(path, kChoices, value, complaints);
}

}  // namespace culvert
