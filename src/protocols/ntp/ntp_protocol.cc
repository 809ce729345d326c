// How NTP is recognised, and its record.
#include "protocols/ntp/ntp_protocol.h"

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/ntp/ntp_keywords.h"
#include "protocols/ntp/ntp_parser.h"
#include "protocols/text/colon_hex.h"

namespace culvert::ntp {
namespace {

constexpr std::string_view kEventNames[] = {"malformed_data"};

ProbeResult probe(Direction, Bytes bytes) {
  return Header::parse(bytes) ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.ip_proto = 17,
                                      .default_ports = "123",
                                      .config_key = "ntp.detection-ports.dp",
                                      .min_bytes = 1,
                                      .probe = probe}};

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const Header& header = static_cast<const NtpTransaction&>(transaction).header;
  json.begin_object("ntp");
  json.field("version", header.version);
  json.field("mode", header.mode);
  json.field("stratum", header.stratum);
  json.field("reference_id", colon_hex(header.reference_id));
  json.end_object();
}

constexpr EveLogger kLoggers[] = {{.event_type = "ntp",
                                   .to_server_progress = 1,
                                   .to_client_progress = 1,
                                   .once = false,
                                   .write = write_message_record_of<write_metadata>}};

}  // namespace

constinit const ProtocolSpec kNtpProtocol{
    .name = "ntp",
    .proto = AppProto::kNtp,
    .ip_protos = {17, 0},
    .probes = kProbes,
    .make_parser = make_parser_of<NtpParser>,
    .to_server_states = MessageParser::kRequestStates,
    .to_client_states = MessageParser::kResponseStates,
    .events = kEventNames,
    .buffers = kNtpBuffers,
    .keywords = kNtpKeywords,
    .loggers = kLoggers,
    .write_alert_metadata = write_metadata,
    .unidirectional = true,
};

}  // namespace culvert::ntp
