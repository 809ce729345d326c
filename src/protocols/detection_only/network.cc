// NTP (RFC 5905), DHCP (RFC 2131), SNMP (RFC 3411 ff.), IKE (RFC 7296, 2408).
#include "base/byte_cursor.h"
#include "protocols/detection_only/detection_only.h"

namespace culvert::detection_only {
namespace {

ProbeResult probe_ntp(Direction, Bytes bytes) {
  const auto first = std::to_integer<unsigned>(bytes[0]);
  const unsigned version = first >> 3 & 7u;
  const unsigned mode = first & 7u;
  const bool control = mode == 6 || mode == 7;  // ntpq and ntpdc: shorter
  return version >= 1 && version <= 4 && mode != 0 && (control || bytes.size() >= 48)
             ? ProbeResult::kYes
             : ProbeResult::kNo;
}
constexpr ProtocolProbe kNtpProbes[] = {{.ip_proto = 17,
                                         .default_ports = "123",
                                         .config_key = "ntp.detection-ports.dp",
                                         .min_bytes = 12,
                                         .probe = probe_ntp}};

/// The magic cookie after the fields of BOOTP, RFC 2131 section 3.
ProbeResult probe_dhcp(Direction, Bytes bytes) {
  ByteCursor in(bytes);
  in.skip(236);
  return in.u32() == 0x63825363 ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kDhcpProbes[] = {{.ip_proto = 17,
                                          .default_ports = "67,68",
                                          .config_key = "dhcp.detection-ports.dp",
                                          .min_bytes = 240,
                                          .probe = probe_dhcp}};

/// A SEQUENCE that begins with a version: 0, 1 or 3.
ProbeResult probe_snmp(Direction, Bytes bytes) {
  ByteCursor in(bytes);
  if (in.u8() != 0x30) return ProbeResult::kNo;
  const std::uint8_t size = in.u8();
  if (size > 0x80) in.skip(size & 0x7fu);
  const bool one_byte = in.u16() == 0x0201;
  const std::uint8_t version = in.u8();
  return in.ok() && one_byte && (version <= 1 || version == 3) ? ProbeResult::kYes
                                                               : ProbeResult::kNo;
}
constexpr ProtocolProbe kSnmpProbes[] = {{.ip_proto = 17,
                                          .default_ports = "161,162",
                                          .config_key = "snmp.detection-ports.dp",
                                          .min_bytes = 8,
                                          .probe = probe_snmp}};

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

}  // namespace

constinit const ProtocolSpec kNtp{
    .name = "ntp", .proto = AppProto::kNtp, .ip_protos = {17, 0}, .probes = kNtpProbes};
constinit const ProtocolSpec kDhcp{
    .name = "dhcp", .proto = AppProto::kDhcp, .ip_protos = {17, 0}, .probes = kDhcpProbes};
constinit const ProtocolSpec kSnmp{
    .name = "snmp", .proto = AppProto::kSnmp, .ip_protos = {17, 0}, .probes = kSnmpProbes};
constinit const ProtocolSpec kIke{
    .name = "ike", .proto = AppProto::kIke, .ip_protos = {17, 0}, .probes = kIkeProbes};

}  // namespace culvert::detection_only
