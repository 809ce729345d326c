// IKE (RFC 7296, 2408).
#include "base/byte_cursor.h"
#include "protocols/detection_only/detection_only.h"

namespace culvert::detection_only {
namespace {

/// On port 4500 there are four zero bytes in front, RFC 3948 section 2.2.
ProbeResult probe_ike(Direction, Bytes bytes) {
  ByteCursor in(bytes);
  if (in.size() > 32 && ByteCursor(bytes).u32() == 0) in.skip(4);
  in.skip(8 + 8 + 1);
  const std::uint8_t version = in.u8();
  in.skip(2 + 4);
  const std::uint32_t length = in.u32();
  return in.ok() && (version == 0x10 || version == 0x20) && length >= 28 && length <= 0x10000
             ? ProbeResult::kYes
             : ProbeResult::kNo;
}
constexpr ProtocolProbe kIkeProbes[] = {{.ip_proto = 17,
                                         .default_ports = "500,4500",
                                         .config_key = "ike.detection-ports.dp",
                                         .min_bytes = 28,
                                         .probe = probe_ike}};

constexpr std::string_view kIkeEvents[] = {
    "malformed_data",   "no_encryption",    "weak_crypto_enc",    "weak_crypto_prf",
    "weak_crypto_dh",   "weak_crypto_auth", "weak_crypto_no_dh",  "weak_crypto_no_auth",
    "invalid_proposal", "unknown_proposal", "payload_extra_data", "multiple_server_proposal"};

}  // namespace

constinit const ProtocolSpec kIke{.name = "ike",
                                  .proto = AppProto::kIke,
                                  .ip_protos = {17, 0},
                                  .probes = kIkeProbes,
                                  .events = kIkeEvents};

}  // namespace culvert::detection_only
