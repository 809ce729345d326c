// How Kerberos is recognised, and its record.
#include "protocols/krb5/krb5_protocol.h"

#include <string>

#include "app/spec_parts.h"
#include "base/byte_cursor.h"
#include "event/json_writer.h"
#include "protocols/krb5/krb5_keywords.h"
#include "protocols/krb5/krb5_parser.h"

namespace culvert::krb5 {
namespace {

/// An ASN.1 application tag of a message: AS-REQ 10 ... AP-REP 15, SAFE 20, PRIV, CRED, ERROR 30.
bool is_message_tag(std::byte tag) {
  const auto value = std::to_integer<unsigned>(tag);
  return (value >= 0x6a && value <= 0x6f) || (value >= 0x74 && value <= 0x76) || value == 0x7e;
}
ProbeResult probe_udp(Direction, Bytes bytes) {
  return is_message_tag(bytes[0]) ? ProbeResult::kYes : ProbeResult::kNo;
}
ProbeResult probe_tcp(Direction, Bytes bytes) {
  const std::uint32_t size = ByteCursor(bytes).u32();
  return size >= 10 && size < 0x100000 && is_message_tag(bytes[4]) ? ProbeResult::kYes
                                                                   : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "88",
                                      .config_key = "krb5.tcp.detection-ports.dp",
                                      .min_bytes = 14,
                                      .probe = probe_tcp},
                                     {.ip_proto = 17,
                                      .default_ports = "88",
                                      .config_key = "krb5.udp.detection-ports.dp",
                                      .min_bytes = 10,
                                      .probe = probe_udp}};

void write_name(std::string_view key, const std::optional<Principal>& name, JsonWriter& json) {
  if (!name) return json.field(key, "<empty>");
  std::string text;
  for (std::size_t i = 0; i < name->parts.size(); ++i) {
    if (i > 0) text += '/';
    text += name->parts[i];
  }
  json.field(key, text);
}

constexpr EveLogger kLoggers[] = {{.event_type = "krb5",
                                   .to_server_progress = MessageParser::kComplete,
                                   .to_client_progress = MessageParser::kComplete,
                                   .once = false,
                                   .write = write_message_record_of<write_metadata>,
                                   .header_of_packet = true}};

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const Krb5Transaction&>(transaction);
  const Message& message = tx.message;
  json.begin_object("krb5");
  json.field("msg_type", name_of(message.type));
  if (message.error) {
    json.field("failed_request", tx.failed_request ? name_of(*tx.failed_request) : "UNKNOWN");
    json.field("error_code", name_of_error(*message.error));
  }
  write_name("cname", message.client, json);
  json.field("realm", message.realm.value_or("<empty>"));
  write_name("sname", message.server, json);
  const auto& encryption = message.encryption;
  json.field("encryption", encryption ? name_of_encryption(*encryption) : std::string("<none>"));
  json.field("weak_encryption", encryption && is_weak(*encryption));
  if (message.ticket_encryption) {
    json.field("ticket_encryption", name_of_encryption(*message.ticket_encryption));
    json.field("ticket_weak_encryption", is_weak(*message.ticket_encryption));
  }
  json.end_object();
}

constinit const ProtocolSpec kKrb5Protocol{
    .name = "krb5",
    .proto = AppProto::kKrb5,
    .ip_protos = {6, 17},
    .probes = kProbes,
    .make_parser = make_parser_of<Krb5Parser>,
    .to_server_states = MessageParser::kRequestStates,
    .to_client_states = MessageParser::kResponseStates,
    .events = kEventNames,
    .buffers = kKrb5Buffers,
    .keywords = kKrb5Keywords,
    .loggers = kLoggers,
    .write_alert_metadata = write_metadata,
    .unidirectional = true,
};

}  // namespace culvert::krb5
