// WebSocket's options and EVE record. It is never guessed: HTTP says when it begins.
#include "protocols/websocket/websocket_protocol.h"

#include <string>

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/websocket/websocket_keywords.h"
#include "protocols/websocket/websocket_parser.h"

namespace culvert::websocket {
namespace {

void read_options(const ConfigNode& root, WebsocketOptions& options, Complaints& complaints) {
  const ProtocolSizes sizes(root, "websocket", complaints);
  sizes.read("max-payload-size", options.max_payload_bytes, 1, 0x7fffffff);
}

constexpr EveLogger kLoggers[] = {{.event_type = "websocket",
                                   .to_server_progress = 1,
                                   .to_client_progress = 1,
                                   .once = false,
                                   .write = write_message_record_of<write_metadata>,
                                   .header_of_packet = true}};

}  // namespace

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json) {
  write_with_payload(flow, transaction, false, false, json);
}

void write_with_payload(const Flow&, const Transaction& transaction, bool bytes, bool text,
                        JsonWriter& json) {
  const auto& tx = static_cast<const WebsocketTransaction&>(transaction);
  json.begin_object("websocket");
  json.field("fin", (tx.flags & kFin) != 0);
  if (tx.mask) json.field("mask", *tx.mask);
  const std::string_view name = name_of_opcode(tx.opcode);
  if (name.empty()) {
    json.field("opcode", "unknown-" + std::to_string(tx.opcode));
  } else {
    json.field("opcode", name);
  }
  if (text) json.field_printable("payload_printable", tx.payload);
  if (bytes) json.field_base64("payload_base64", tx.payload);
  json.end_object();
}

constinit const ProtocolSpec kWebsocketProtocol{
    .name = "websocket",
    .proto = AppProto::kWebsocket,
    .make_context = make_context_of<WebsocketOptions, read_options>,
    .make_parser = make_parser_of<WebsocketParser, WebsocketOptions>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .events = kEventNames,
    .buffers = kWebsocketBuffers,
    .frames = kFrameNames,
    .keywords = kWebsocketKeywords,
    .loggers = kLoggers,
    .write_alert_metadata = write_metadata,
    .write_alert_bodies = write_with_payload,
    .unidirectional = true,
};

}  // namespace culvert::websocket
