// RDP over TPKT (RFC 1006).
#include "base/byte_cursor.h"
#include "protocols/detection_only/detection_only.h"

namespace culvert::detection_only {
namespace {

/// TPKT around a connection request (X.224 section 13.3) or its confirmation.
ProbeResult probe_rdp(Direction direction, Bytes bytes) {
  ByteCursor in(bytes);
  const std::uint16_t version = in.u16();  // and a reserved byte
  const std::uint16_t size = in.u16();
  in.skip(1);
  const unsigned type = in.u8() & 0xf0u;
  const unsigned wanted = direction == Direction::kToServer ? 0xe0 : 0xd0;
  return in.ok() && version == 0x0300 && size >= 7 && type == wanted ? ProbeResult::kYes
                                                                     : ProbeResult::kNo;
}
constexpr ProtocolProbe kRdpProbes[] = {{.default_ports = "3389",
                                         .config_key = "rdp.detection-ports.dp",
                                         .min_bytes = 6,
                                         .probe = probe_rdp}};

}  // namespace

constinit const ProtocolSpec kRdp{.name = "rdp", .proto = AppProto::kRdp, .probes = kRdpProbes};

}  // namespace culvert::detection_only
