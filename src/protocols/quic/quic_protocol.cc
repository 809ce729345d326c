// How QUIC is recognised: on its ports, by what can be a header of it.
#include "protocols/quic/quic_protocol.h"

#include "app/spec_parts.h"
#include "protocols/quic/quic_buffers.h"
#include "protocols/quic/quic_eve.h"
#include "protocols/quic/quic_parser.h"

namespace culvert::quic {
namespace {

ProbeResult probe(Direction, Bytes bytes) {
  // Once a connection is there its packets have short headers, which say nothing: any byte without
  // the highest bit begins one. So a flow whose begin was missed is QUIC too, as in the reference.
  const bool is_short = (bytes[0] & std::byte{0x80}) == std::byte{0};
  return is_short || PacketHeader::parse(bytes) ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.ip_proto = 17,
                                      .default_ports = "443,80",
                                      .config_key = "quic.detection-ports.dp",
                                      .min_bytes = 1,
                                      .probe = probe}};

}  // namespace

constinit const ProtocolSpec kQuicProtocol{
    .name = "quic",
    .proto = AppProto::kQuic,
    .ip_protos = {17, 0},
    .probes = kProbes,
    .make_parser = make_parser_of<QuicParser>,
    .to_server_states = MessageParser::kRequestStates,
    .to_client_states = MessageParser::kResponseStates,
    .events = kEventNames,
    .buffers = kQuicBuffers,
    .loggers = kQuicLoggers,
    .write_alert_metadata = write_metadata,
    .unidirectional = true,
};

}  // namespace culvert::quic
