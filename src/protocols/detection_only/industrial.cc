// EtherNet/IP. Off unless the configuration says otherwise, as
// with the reference.
#include "base/byte_cursor.h"
#include "protocols/detection_only/detection_only.h"

namespace culvert::detection_only {
namespace {

/// Encapsulation header: a command that there is, and the status "success" in requests.
ProbeResult probe_enip(Direction, Bytes bytes) {
  ByteCursor in(bytes);
  const std::uint16_t command = in.u16_little();
  switch (command) {
    case 0x0000:  // NOP
    case 0x0004:  // ListServices
    case 0x0063:  // ListIdentity
    case 0x0064:  // ListInterfaces
    case 0x0065:  // RegisterSession
    case 0x0066:  // UnregisterSession
    case 0x006f:  // SendRRData
    case 0x0070:  // SendUnitData
    case 0x0072:  // IndicateStatus
    case 0x0073:  // Cancel
      return ProbeResult::kYes;
    default:
      return ProbeResult::kNo;
  }
}
constexpr ProtocolProbe kEnipProbes[] = {{.default_ports = "44818",
                                          .config_key = "enip.detection-ports.dp",
                                          .min_bytes = 24,
                                          .probe = probe_enip},
                                         {.ip_proto = 17,
                                          .default_ports = "44818",
                                          .config_key = "enip.detection-ports.dp",
                                          .min_bytes = 24,
                                          .probe = probe_enip}};

constexpr std::string_view kEnipEvents[] = {"too_many_transactions", "invalid_pdu"};

}  // namespace

constinit const ProtocolSpec kEnip{.name = "enip",
                                   .proto = AppProto::kEnip,
                                   .ip_protos = {6, 17},
                                   .probes = kEnipProbes,
                                   .events = kEnipEvents,
                                   .enabled_by_default = false};

}  // namespace culvert::detection_only
