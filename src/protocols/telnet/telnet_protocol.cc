#include "protocols/telnet/telnet_protocol.h"

#include "app/spec_parts.h"
#include "protocols/telnet/telnet_parser.h"

namespace culvert::telnet {
namespace {

/// A terminal may say anything: what other protocols do not claim on its port is Telnet.
ProbeResult probe(Direction, Bytes) { return ProbeResult::kYes; }
constexpr ProtocolProbe kProbes[] = {{.default_ports = "23",
                                      .config_key = "telnet.detection-ports.dp",
                                      .min_bytes = 2,
                                      .probe = probe}};

}  // namespace

constinit const ProtocolSpec kTelnetProtocol{
    .name = "telnet",
    .proto = AppProto::kTelnet,
    .probes = kProbes,
    .make_parser = make_parser_of<TelnetParser>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .frames = kFrameNames,
};

}  // namespace culvert::telnet
