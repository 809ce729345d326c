// The `tls` record of EVE, and what an alert says of its flow's TLS.
#pragma once

#include <cstdint>
#include <memory>

#include "app/protocol_spec.h"
#include "protocols/tls/tls_transaction.h"

namespace culvert::tls {

/// Which fields a record has, as bits; the names are those of `custom`.
enum class EveField : std::uint32_t {
  kSubject = 1u << 0,
  kIssuer = 1u << 1,
  kSessionResumed = 1u << 2,
  kSerial = 1u << 3,
  kFingerprint = 1u << 4,
  kSni = 1u << 5,
  kVersion = 1u << 6,
  kNotBefore = 1u << 7,
  kNotAfter = 1u << 8,
  kCertificate = 1u << 9,
  kChain = 1u << 10,
  kJa3 = 1u << 11,
  kJa3s = 1u << 12,
  kJa4 = 1u << 13,
  kSubjectAltName = 1u << 14,
  kClient = 1u << 15,
  kClientCertificate = 1u << 16,
  kClientChain = 1u << 17,
  kClientAlpns = 1u << 18,
  kServerAlpns = 1u << 19,
  kClientHandshake = 1u << 20,
  kServerHandshake = 1u << 21,
};

struct EveOptions final : EveOptionsBase {
  std::uint32_t fields = 0;
  bool session_resumption = false;  ///< also connections that have no certificate, being resumed
};

std::unique_ptr<EveOptionsBase> parse_eve_options(const ConfigNode* node, Complaints& complaints);
/// Writes the "tls" object; false when the connection came to nothing worth a record.
bool write_eve(const Flow& flow, const Transaction& transaction, Direction direction,
               const EveOptionsBase* options, JsonWriter& json);
void write_alert_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

extern const EveLogger kTlsLoggers[1];

}  // namespace culvert::tls
