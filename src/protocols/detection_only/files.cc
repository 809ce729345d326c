// NFS over ONC RPC (RFC 5531).
#include "base/byte_cursor.h"
#include "protocols/detection_only/detection_only.h"

namespace culvert::detection_only {
namespace {

/// A call of program 100003 (NFS), or a reply that was accepted.
ProbeResult probe_rpc(ByteCursor in, Direction direction) {
  in.skip(4);  // XID
  const std::uint32_t type = in.u32();
  if (direction == Direction::kToServer) {
    const std::uint32_t version = in.u32();
    const std::uint32_t program = in.u32();
    return in.ok() && type == 0 && version == 2 && program == 100003 ? ProbeResult::kYes
                                                                     : ProbeResult::kNo;
  }
  const std::uint32_t status = in.u32();
  return in.ok() && type == 1 && status == 0 ? ProbeResult::kYes : ProbeResult::kNo;
}
ProbeResult probe_nfs_tcp(Direction direction, Bytes bytes) {
  ByteCursor in(bytes);
  const std::uint32_t mark = in.u32();  // last fragment, size
  const std::uint32_t size = mark & 0x7fffffffu;
  if (mark >> 31 == 0 || size < 24 || size > 0x100000) return ProbeResult::kNo;
  return probe_rpc(in, direction);
}
ProbeResult probe_nfs_udp(Direction direction, Bytes bytes) {
  return probe_rpc(ByteCursor(bytes), direction);
}
constexpr ProtocolProbe kNfsProbes[] = {{.default_ports = "2049",
                                         .config_key = "nfs.tcp.detection-ports.dp",
                                         .min_bytes = 28,
                                         .probe = probe_nfs_tcp},
                                        {.ip_proto = 17,
                                         .default_ports = "2049",
                                         .config_key = "nfs.udp.detection-ports.dp",
                                         .min_bytes = 24,
                                         .probe = probe_nfs_udp}};

constexpr std::string_view kNfsEvents[] = {"malformed_data", "too_many_transactions"};

}  // namespace

constinit const ProtocolSpec kNfs{.name = "nfs",
                                  .proto = AppProto::kNfs,
                                  .ip_protos = {6, 17},
                                  .probes = kNfsProbes,
                                  .events = kNfsEvents};

}  // namespace culvert::detection_only
