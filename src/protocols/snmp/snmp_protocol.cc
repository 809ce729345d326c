// How SNMP is recognised, and its record.
#include "protocols/snmp/snmp_protocol.h"

#include <string>

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/snmp/snmp_keywords.h"
#include "protocols/snmp/snmp_parser.h"

namespace culvert::snmp {
namespace {

ProbeResult probe(Direction, Bytes bytes) {
  return version_of(bytes) ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.ip_proto = 17,
                                      .default_ports = "161,162",
                                      .config_key = "snmp.detection-ports.dp",
                                      .min_bytes = 4,
                                      .probe = probe}};

/// The name of a number, or "Kind(7)".
std::string name_in(std::span<const std::string_view> names, std::string_view kind,
                    std::int64_t number) {
  if (number >= 0 && static_cast<std::uint64_t>(number) < names.size()) {
    return std::string(names[static_cast<std::size_t>(number)]);
  }
  return std::string(kind) + "(" + std::to_string(number) + ")";
}

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  constexpr std::string_view kPduTypes[] = {
      "get_request",      "get_next_request", "response", "set_request", "trap_v1",
      "get_bulk_request", "inform_request",   "trap_v2",  "report"};
  constexpr std::string_view kErrors[] = {"NoError",  "TooBig",   "NoSuchName",
                                          "BadValue", "ReadOnly", "GenErr"};
  const auto& tx = static_cast<const SnmpTransaction&>(transaction);
  const Message& message = tx.message;
  json.begin_object("snmp");
  json.field("version", tx.version);
  if (message.is_encrypted) {
    json.field("pdu_type", "encrypted");
    json.end_object();
    return;
  }
  json.field("pdu_type", kPduTypes[message.pdu_type]);
  if (message.error != 0) json.field("error", name_in(kErrors, "ErrorStatus", message.error));
  if (message.trap) {
    json.field("trap_type", name_in(kTrapTypes, "TrapType", message.trap->type));
    json.field("trap_oid", message.trap->object_id);
    std::string address;
    for (const std::byte byte : message.trap->address) {
      address += (address.empty() ? "" : ".") + std::to_string(std::to_integer<int>(byte));
    }
    json.field("trap_address", address);
  }
  if (!message.variables.empty()) {
    json.begin_array("vars");
    for (const std::string_view name : message.variables) json.item(name);
    json.end_array();
  }
  if (message.community) json.field("community", *message.community);
  if (message.user) json.field("usm", *message.user);
  json.end_object();
}

constexpr EveLogger kLoggers[] = {{.event_type = "snmp",
                                   .to_server_progress = 1,
                                   .to_client_progress = 1,
                                   .once = false,
                                   .write = write_message_record_of<write_metadata>}};

}  // namespace

constinit const ProtocolSpec kSnmpProtocol{
    .name = "snmp",
    .proto = AppProto::kSnmp,
    .ip_protos = {17, 0},
    .probes = kProbes,
    .make_parser = make_parser_of<SnmpParser>,
    .to_server_states = MessageParser::kRequestStates,
    .to_client_states = MessageParser::kResponseStates,
    .events = kEventNames,
    .buffers = kSnmpBuffers,
    .keywords = kSnmpKeywords,
    .loggers = kLoggers,
    .write_alert_metadata = write_metadata,
    .unidirectional = true,
};

}  // namespace culvert::snmp
