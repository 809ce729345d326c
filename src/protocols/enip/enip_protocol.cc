// How EtherNet/IP is recognised, its options, and its record.
#include "protocols/enip/enip_protocol.h"

#include "app/spec_parts.h"
#include "base/byte_cursor.h"
#include "event/json_writer.h"
#include "protocols/enip/enip_keywords.h"
#include "protocols/enip/enip_names.h"
#include "protocols/enip/enip_parser.h"

namespace culvert::enip {
namespace {

void read_options(const ConfigNode& root, EnipOptions& options, Complaints& complaints) {
  ProtocolSizes(root, "enip", complaints).read("max-tx", options.max_transactions, 1, 0x100000);
}

ProbeResult probe(Direction, Bytes bytes) {
  return is_command(ByteCursor(bytes).u16_little()) ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "44818",
                                      .config_key = "enip.detection-ports.dp",
                                      .min_bytes = Header::kSize,
                                      .probe = probe},
                                     {.ip_proto = 17,
                                      .default_ports = "44818",
                                      .config_key = "enip.detection-ports.dp",
                                      .min_bytes = Header::kSize,
                                      .probe = probe}};

std::string name_of_segment(const PathSegment& segment) {
  switch (segment.kind()) {
    case kClass:
      return "class";
    case kInstance:
      return "instance";
    case kAttribute:
      return "attribute";
    default:
      return "unknown-" + std::to_string(segment.type);
  }
}

void write_cip_fields(const CipMessage& cip, JsonWriter& json) {
  json.field("service", name_of_service(cip.service));
  if (cip.is_response) {
    json.field("status", name_of_cip_status(cip.status));
    if (!cip.extended_status.empty()) json.field_hex("status_extended", cip.extended_status);
  } else {
    if (!cip.path.empty()) {
      json.begin_array("path");
      for (const PathSegment& segment : cip.path) {
        json.begin_object();
        json.field("segment_type", name_of_segment(segment));
        json.field("value", segment.value);
        json.end_object();
      }
      json.end_array();
    }
    if (const auto number = cip.class_number()) json.field("class_name", name_of_class(*number));
  }
  if (cip.services.empty()) return;
  json.begin_array("multiple");
  for (const CipMessage& inner : cip.services) {
    json.begin_object();
    write_cip_fields(inner, json);
    json.end_object();
  }
  json.end_array();
}

void write_message(std::string_view key, const Message& message, JsonWriter& json) {
  json.begin_object(key);
  json.field("command", name_of_command(message.header.command));
  json.field("status", name_of_status(message.header.status));
  if (message.header.options != 0) json.field("options", message.header.options);
  if (message.session) {
    json.begin_object("register_session");
    json.field("protocol_version", message.session->protocol_version);
    json.field("options", message.session->options);
    json.end_object();
  }
  if (message.services) {
    json.begin_object("list_services");
    json.field("protocol_version", message.services->protocol_version);
    json.field("capabilities", message.services->capabilities);
    json.field("service_name", message.services->name);
    json.end_object();
  }
  if (message.identity) {
    const Identity& identity = *message.identity;
    json.begin_object("identity");
    json.field("protocol_version", identity.protocol_version);
    json.field("revision", std::to_string(identity.revision_major) + "." +
                               std::to_string(identity.revision_minor));
    json.field("vendor_id", name_of_vendor(identity.vendor));
    json.field("device_type", name_of_device_type(identity.device_type));
    json.field("product_code", identity.product_code);
    json.field("status", identity.status);
    json.field("serial", identity.serial);
    json.field("product_name", identity.product_name);
    json.field("state", identity.state);
    json.end_object();
  }
  if (message.cip) {
    json.begin_object("cip");
    write_cip_fields(*message.cip, json);
    json.end_object();
  }
  json.end_object();
}

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const EnipTransaction&>(transaction);
  json.begin_object("enip");
  if (tx.request) write_message("request", *tx.request, json);
  if (tx.response) write_message("response", *tx.response, json);
  json.end_object();
}

bool has_header_of_flow(const Transaction&, const EveOptionsBase*) { return true; }

constexpr EveLogger kLoggers[] = {{.event_type = "enip",
                                   .to_server_progress = TwoStates::kComplete,
                                   .to_client_progress = TwoStates::kComplete,
                                   .once = true,
                                   .write = write_record_of<write_metadata>,
                                   .header_of_flow = has_header_of_flow}};

}  // namespace

constinit const ProtocolSpec kEnipProtocol{
    .name = "enip",
    .proto = AppProto::kEnip,
    .ip_protos = {6, 17},
    .probes = kProbes,
    .make_context = make_context_of<EnipOptions, read_options>,
    .make_parser = make_parser_of<EnipParser, EnipOptions>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .events = kEventNames,
    .buffers = kEnipBuffers,
    .keywords = kEnipKeywords,
    .loggers = kLoggers,
    .write_alert_metadata = write_metadata,
    .enabled_by_default = false,
};

}  // namespace culvert::enip
