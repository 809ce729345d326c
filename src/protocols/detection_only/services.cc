// Kerberos (RFC 4120), PostgreSQL.
#include <array>
#include <iterator>

#include "base/byte_cursor.h"
#include "protocols/detection_only/detection_only.h"

namespace culvert::detection_only {
namespace {

/// An ASN.1 application tag of a message: AS-REQ 10 ... TGS-REP 13, AP 14 and 15, KRB-ERROR 30.
bool is_krb5_tag(std::byte tag) {
  const auto value = std::to_integer<unsigned>(tag);
  return (value >= 0x6a && value <= 0x6f) || value == 0x7e;
}
ProbeResult probe_krb5_udp(Direction, Bytes bytes) {
  return is_krb5_tag(bytes[0]) ? ProbeResult::kYes : ProbeResult::kNo;
}
ProbeResult probe_krb5_tcp(Direction, Bytes bytes) {
  const std::uint32_t size = ByteCursor(bytes).u32();
  return size >= 10 && size < 0x100000 && is_krb5_tag(bytes[4]) ? ProbeResult::kYes
                                                                : ProbeResult::kNo;
}
constexpr ProtocolProbe kKrb5Probes[] = {{.default_ports = "88",
                                          .config_key = "krb5.tcp.detection-ports.dp",
                                          .min_bytes = 14,
                                          .probe = probe_krb5_tcp},
                                         {.ip_proto = 17,
                                          .default_ports = "88",
                                          .config_key = "krb5.udp.detection-ports.dp",
                                          .min_bytes = 10,
                                          .probe = probe_krb5_udp}};

/// StartupMessage of version 3, SSLRequest, GSSENCRequest or CancelRequest; or a server's first.
ProbeResult probe_pgsql(Direction direction, Bytes bytes) {
  ByteCursor in(bytes);
  if (direction == Direction::kToClient) {
    const std::uint8_t type = in.u8();
    return type == 'R' || type == 'E' || type == 'S' || type == 'N' ? ProbeResult::kYes
                                                                    : ProbeResult::kNo;
  }
  const std::uint32_t size = in.u32();
  const std::uint32_t code = in.u32();
  if (!in.ok()) return ProbeResult::kNeedMore;
  const bool known = code == 0x00030000 || (code >= 80877102 && code <= 80877104);
  return known && size >= 8 && size < 10000 ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kPgsqlProbes[] = {{.default_ports = "5432",
                                           .config_key = "pgsql.detection-ports.dp",
                                           .min_bytes = 1,
                                           .probe = probe_pgsql}};

}  // namespace

constinit const ProtocolSpec kKrb5{
    .name = "krb5", .proto = AppProto::kKrb5, .ip_protos = {6, 17}, .probes = kKrb5Probes};
constinit const ProtocolSpec kPgsql{.name = "pgsql",
                                    .proto = AppProto::kPgsql,
                                    .probes = kPgsqlProbes,
                                    .enabled_by_default = false};

}  // namespace culvert::detection_only
