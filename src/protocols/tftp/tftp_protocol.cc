// How TFTP is recognised, and its record.
#include "protocols/tftp/tftp_protocol.h"

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/tftp/tftp_parser.h"

namespace culvert::tftp {
namespace {

ProbeResult probe(Direction, Bytes bytes) {
  return Request::parse(bytes) ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.ip_proto = 17,
                                      .default_ports = "69",
                                      .config_key = "tftp.detection-ports.dp",
                                      .min_bytes = 4,
                                      .probe = probe}};

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const Request& request = static_cast<const TftpTransaction&>(transaction).request;
  json.begin_object("tftp");
  json.field("packet", request.is_write ? "write" : "read");
  json.field("file", request.file);
  json.field("mode", request.mode);
  json.end_object();
}

constexpr EveLogger kLoggers[] = {{.event_type = "tftp",
                                   .to_server_progress = 1,
                                   .to_client_progress = 1,
                                   .once = false,
                                   .write = write_message_record_of<write_metadata>}};

}  // namespace

constinit const ProtocolSpec kTftpProtocol{
    .name = "tftp",
    .proto = AppProto::kTftp,
    .ip_protos = {17, 0},
    .probes = kProbes,
    .make_parser = make_parser_of<TftpParser>,
    .to_server_states = MessageParser::kRequestStates,
    .to_client_states = MessageParser::kResponseStates,
    .loggers = kLoggers,
    .write_alert_metadata = write_metadata,
    .unidirectional = true,
};

}  // namespace culvert::tftp
