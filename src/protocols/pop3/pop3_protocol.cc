// How POP3 is recognised, and its EVE record.
#include "protocols/pop3/pop3_protocol.h"

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/pop3/pop3_parser.h"

namespace culvert::pop3 {
namespace {

ProbeResult probe(Direction direction, Bytes bytes) {
  const std::string_view text = as_text(bytes);
  if (direction == Direction::kToClient) {
    return text.starts_with("+OK") || text.starts_with("-ERR") ? ProbeResult::kYes
                                                               : ProbeResult::kNo;
  }
  for (const std::string_view word :
       {"USER ", "APOP ", "AUTH", "CAPA", "STLS", "QUIT", "user ", "auth", "capa", "stls"}) {
    if (text.starts_with(word)) return ProbeResult::kYes;
  }
  return ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "110",
                                      .config_key = "pop3.detection-ports.dp",
                                      .min_bytes = 4,
                                      .probe = probe}};

void write_list(std::string_view key, const std::vector<std::string_view>& items,
                JsonWriter& json) {
  json.begin_array(key);
  for (const std::string_view item : items) json.item(item);
  json.end_array();
}

constexpr EveLogger kLoggers[] = {{.event_type = "pop3",
                                   .to_server_progress = 1,
                                   .to_client_progress = 1,
                                   .write = write_record_of<write_metadata>}};

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const Pop3Transaction&>(transaction);
  json.begin_object("pop3");
  if (tx.has_request) {
    json.begin_object("request");
    json.field("command", tx.command);
    write_list("args", tx.arguments, json);
    json.end_object();
  }
  if (tx.has_response) {
    json.begin_object("response");
    json.field("success", tx.success);
    json.field("status", tx.success ? "OK" : "ERR");
    json.field("header", tx.header);
    write_list("data", tx.data, json);
    json.end_object();
  }
  json.end_object();
}

constinit const ProtocolSpec kPop3Protocol{
    .name = "pop3",
    .proto = AppProto::kPop3,
    .probes = kProbes,
    .make_parser = make_parser_of<Pop3Parser>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .events = kEventNames,
    .loggers = kLoggers,
    .write_alert_metadata = write_metadata,
};

}  // namespace culvert::pop3
