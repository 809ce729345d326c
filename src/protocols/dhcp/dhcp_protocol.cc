// How DHCP is recognised.
#include "protocols/dhcp/dhcp_protocol.h"

#include "app/spec_parts.h"
#include "base/byte_cursor.h"
#include "protocols/dhcp/dhcp_eve.h"
#include "protocols/dhcp/dhcp_keywords.h"
#include "protocols/dhcp/dhcp_parser.h"

namespace culvert::dhcp {
namespace {

/// The magic cookie after the fields of BOOTP, RFC 2131 section 3.
ProbeResult probe(Direction, Bytes bytes) {
  ByteCursor in(bytes);
  in.skip(236);
  return in.u32() == 0x63825363 ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.ip_proto = 17,
                                      .default_ports = "67,68",
                                      .config_key = "dhcp.detection-ports.dp",
                                      .min_bytes = 240,
                                      .probe = probe}};

}  // namespace

constinit const ProtocolSpec kDhcpProtocol{
    .name = "dhcp",
    .proto = AppProto::kDhcp,
    .ip_protos = {17, 0},
    .probes = kProbes,
    .make_parser = make_parser_of<DhcpParser>,
    .to_server_states = MessageParser::kRequestStates,
    .to_client_states = MessageParser::kResponseStates,
    .events = kEventNames,
    .keywords = kDhcpKeywords,
    .loggers = kDhcpLoggers,
    .unidirectional = true,
};

}  // namespace culvert::dhcp
