// QUIC (RFC 9000).
#include "base/byte_cursor.h"
#include "protocols/detection_only/detection_only.h"

namespace culvert::detection_only {
namespace {

/// A long header of a version that there is: the first packets of a connection have one.
ProbeResult probe_quic(Direction, Bytes bytes) {
  ByteCursor in(bytes);
  const std::uint8_t first = in.u8();
  const std::uint32_t version = in.u32();
  const bool is_long = (first & 0x80u) != 0;
  const bool known = version == 1 || version == 0x6b3343cf || version >> 8 == 0xff0000 ||
                     version >> 24 == 'Q' || version >> 24 == 'T' || version == 0;
  const bool is_gquic = !is_long && (first & 0x09u) == 0x09u && bytes.size() > 13 &&
                        bytes[9] == std::byte{'Q'} && bytes[10] == std::byte{'0'};
  return (is_long && known) || is_gquic ? ProbeResult::kYes : ProbeResult::kNo;
}

constexpr ProtocolProbe kQuicProbes[] = {{.ip_proto = 17,
                                          .default_ports = "443,80",
                                          .config_key = "quic.detection-ports.dp",
                                          .min_bytes = 6,
                                          .probe = probe_quic}};

}  // namespace

constinit const ProtocolSpec kQuic{
    .name = "quic", .proto = AppProto::kQuic, .ip_protos = {17, 0}, .probes = kQuicProbes};

}  // namespace culvert::detection_only
