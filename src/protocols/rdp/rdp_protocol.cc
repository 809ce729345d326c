// How RDP is recognised.
#include "protocols/rdp/rdp_protocol.h"

#include "app/spec_parts.h"
#include "base/byte_cursor.h"
#include "protocols/rdp/rdp_eve.h"
#include "protocols/rdp/rdp_parser.h"

namespace culvert::rdp {
namespace {

/// TPKT around a connection request (X.224 section 13.3) or its confirmation.
ProbeResult probe(Direction direction, Bytes bytes) {
  ByteCursor in(bytes);
  const std::uint16_t version = in.u16();  // and a reserved byte
  const std::uint16_t size = in.u16();
  in.skip(1);
  const unsigned type = in.u8() & 0xf0u;
  const unsigned wanted = direction == Direction::kToServer ? 0xe0 : 0xd0;
  return in.ok() && version == 0x0300 && size >= 7 && type == wanted ? ProbeResult::kYes
                                                                     : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "3389",
                                      .config_key = "rdp.detection-ports.dp",
                                      .min_bytes = 6,
                                      .probe = probe}};

}  // namespace

constinit const ProtocolSpec kRdpProtocol{
    .name = "rdp",
    .proto = AppProto::kRdp,
    .probes = kProbes,
    .make_parser = make_parser_of<RdpParser>,
    .to_server_states = MessageParser::kRequestStates,
    .to_client_states = MessageParser::kResponseStates,
    .loggers = kRdpLoggers,
    .unidirectional = true,
};

}  // namespace culvert::rdp
