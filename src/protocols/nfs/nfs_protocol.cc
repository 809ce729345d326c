// How NFS is recognised, and its options.
#include "protocols/nfs/nfs_protocol.h"

#include "app/spec_parts.h"
#include "base/byte_cursor.h"
#include "protocols/nfs/nfs_eve.h"
#include "protocols/nfs/nfs_keywords.h"
#include "protocols/nfs/nfs_parser.h"

namespace culvert::nfs {
namespace {

void read_options(const ConfigNode& root, NfsOptions& options, Complaints& complaints) {
  ProtocolSizes(root, "nfs", complaints).read("max-tx", options.max_transactions, 1, 0x100000);
}

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

}  // namespace

constinit const ProtocolSpec kNfsProtocol{
    .name = "nfs",
    .proto = AppProto::kNfs,
    .ip_protos = {6, 17},
    .probes = kNfsProbes,
    .make_context = make_context_of<NfsOptions, read_options>,
    .make_parser = make_parser_of<NfsParser, NfsOptions>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .events = kEventNames,
    .frames = kFrameNames,
    .keywords = kNfsKeywords,
    .loggers = kNfsLoggers,
    .write_alert_metadata = write_metadata,
    .files = {.to_server = {true, 0}, .to_client = {true, 0}},
};

}  // namespace culvert::nfs
