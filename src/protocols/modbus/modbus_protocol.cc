// How Modbus is recognised, its options, and its record.
#include "protocols/modbus/modbus_protocol.h"

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/modbus/modbus_keyword.h"
#include "protocols/modbus/modbus_parser.h"

namespace culvert::modbus {
namespace {

void read_options(const ConfigNode& root, ModbusOptions& options, Complaints& complaints) {
  constexpr std::uint32_t kMostRequests = 100000;
  const ProtocolSizes sizes(root, "modbus", complaints);
  sizes.read("request-flood", options.request_flood, 1, kMostRequests);
}

ProbeResult probe(Direction direction, Bytes bytes) {
  const auto header = Header::parse(bytes);
  auto function = std::to_integer<std::uint8_t>(bytes[kHeaderSize + 1]);
  if (direction == Direction::kToClient) function &= 0x7f;
  return header && header->protocol == 0 && header->has_good_length() && is_known(function)
             ? ProbeResult::kYes
             : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "502",
                                      .config_key = "modbus.detection-ports.dp",
                                      .min_bytes = kHeaderSize + 2,
                                      .probe = probe}};

void write_message(std::string_view key, const Message& message, JsonWriter& json) {
  json.begin_object(key);
  json.field("transaction_id", message.transaction);
  json.field("protocol_id", message.protocol);
  json.field("unit_id", message.unit);
  json.field("function_raw", message.raw_function);
  json.field("function_code", name_of_function(message.function()));
  json.field("access_type", text_of_access(message.access()));
  json.field("category", text_of(message.category));
  json.field("error_flags", text_of_mistakes(message.mistakes));
  if (message.exception) {
    json.begin_object("exception");
    json.field("raw", *message.exception);
    json.field("code", name_of_exception(*message.exception));
    json.end_object();
  }
  if (message.diagnostic || message.encapsulated) {
    json.begin_object(message.diagnostic ? "diagnostic" : "mei");
    if (message.diagnostic) {
      json.field("raw", *message.diagnostic);
      json.field("code", name_of_diagnostic(*message.diagnostic));
    } else {
      json.field("raw", *message.encapsulated);
      json.field("code", name_of_encapsulated(*message.encapsulated));
    }
    json.field("data", message.data.value_or(Bytes{}));
    json.end_object();
  } else if (message.data) {
    json.field("data", *message.data);
  }
  if (message.read || message.read_data) {
    json.begin_object("read");
    if (message.read) {
      json.field("address", message.read->address);
      json.field("quantity", message.read->quantity);
    } else {
      json.field("data", *message.read_data);
    }
    json.end_object();
  }
  if (message.write || message.single || message.mask) {
    json.begin_object("write");
    if (message.write) {
      json.field("address", message.write->address);
      json.field("quantity", message.write->quantity);
      json.field("data", message.write_data.value_or(Bytes{}));
    } else if (message.single) {
      json.field("address", message.single->address);
      json.field("data", message.single->value);
    } else {
      json.field("address", message.mask->address);
      json.field("and_mask", message.mask->and_mask);
      json.field("or_mask", message.mask->or_mask);
    }
    json.end_object();
  }
  json.end_object();
}

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const ModbusTransaction&>(transaction);
  json.begin_object("modbus");
  json.field("id", tx.id + 1);
  if (tx.request) write_message("request", *tx.request, json);
  if (tx.response) write_message("response", *tx.response, json);
  json.end_object();
}

constexpr EveLogger kLoggers[] = {{.event_type = "modbus",
                                   .to_server_progress = TwoStates::kComplete,
                                   .to_client_progress = TwoStates::kComplete,
                                   .once = true,
                                   .write = write_record_of<write_metadata>}};

}  // namespace

constinit const ProtocolSpec kModbusProtocol{
    .name = "modbus",
    .proto = AppProto::kModbus,
    .probes = kProbes,
    .make_context = make_context_of<ModbusOptions, read_options>,
    .make_parser = make_parser_of<ModbusParser, ModbusOptions>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .events = kEventNames,
    .keywords = kModbusKeywords,
    .loggers = kLoggers,
    .write_alert_metadata = write_metadata,
    .enabled_by_default = false,
};

}  // namespace culvert::modbus
