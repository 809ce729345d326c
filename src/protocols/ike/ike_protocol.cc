// How IKE is recognised.
#include "protocols/ike/ike_protocol.h"

#include "app/spec_parts.h"
#include "protocols/ike/ike_eve.h"
#include "protocols/ike/ike_keywords.h"
#include "protocols/ike/ike_parser.h"

namespace culvert::ike {
namespace {

ProbeResult probe(Direction, Bytes bytes) {
  ByteCursor in(bytes);
  const auto header = Header::parse(in);
  if (!header) return ProbeResult::kNo;
  const bool is_whole = header->length == Header::kSize + in.size();
  return header->major == 1 || (header->minor == 0 && is_whole) ? ProbeResult::kYes
                                                                : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.ip_proto = 17,
                                      .default_ports = "500",
                                      .config_key = "ike.detection-ports.dp",
                                      .min_bytes = Header::kSize,
                                      .probe = probe}};

}  // namespace

constinit const ProtocolSpec kIkeProtocol{
    .name = "ike",
    .proto = AppProto::kIke,
    .ip_protos = {17, 0},
    .probes = kProbes,
    .make_parser = make_parser_of<IkeParser>,
    .to_server_states = MessageParser::kRequestStates,
    .to_client_states = MessageParser::kResponseStates,
    .events = kEventNames,
    .buffers = kIkeBuffers,
    .keywords = kIkeKeywords,
    .loggers = kIkeLoggers,
    .write_alert_metadata = write_metadata,
    .unidirectional = true,
};

}  // namespace culvert::ike
