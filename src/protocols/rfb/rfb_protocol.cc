// How RFB is recognised, and its record.
#include "protocols/rfb/rfb_protocol.h"

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/rfb/rfb_keywords.h"
#include "protocols/rfb/rfb_parser.h"

namespace culvert::rfb {
namespace {

constexpr ProtocolPattern kPatterns[] = {{.direction = Direction::kToServer, .bytes = "RFB "},
                                         {.direction = Direction::kToClient, .bytes = "RFB "}};

void write_version(std::string_view key, std::string_view version, JsonWriter& json) {
  if (version.empty()) return;
  json.begin_object(key);
  json.field("major", version.substr(0, 3));
  json.field("minor", version.substr(4));
  json.end_object();
}

void write_screen(const Screen& screen, JsonWriter& json) {
  json.begin_object("framebuffer");
  json.field("width", screen.width);
  json.field("height", screen.height);
  json.field("name", screen.name);
  json.begin_object("pixel_format");
  json.field("bits_per_pixel", screen.bits_per_pixel);
  json.field("depth", screen.depth);
  json.field("big_endian", screen.big_endian);
  json.field("true_color", screen.true_color);
  json.field("red_max", screen.red_max);
  json.field("green_max", screen.green_max);
  json.field("blue_max", screen.blue_max);
  json.field("red_shift", screen.red_shift);
  json.field("green_shift", screen.green_shift);
  json.field("blue_shift", screen.blue_shift);
  json.end_object();
  json.end_object();
}

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const RfbTransaction&>(transaction);
  json.begin_object("rfb");
  write_version("server_protocol_version", tx.versions[index_of(Direction::kToClient)], json);
  write_version("client_protocol_version", tx.versions[index_of(Direction::kToServer)], json);
  json.begin_object("authentication");
  if (tx.security_type) json.field("security_type", *tx.security_type);
  if (tx.security_type == 2u) {
    json.begin_object("vnc");
    if (!tx.challenge.empty()) json.field_hex("challenge", tx.challenge);
    if (!tx.response.empty()) json.field_hex("response", tx.response);
    json.end_object();
  }
  if (tx.security_result) json.field("security_result", "OK");
  json.end_object();
  if (!tx.failure_reason.empty()) json.field("server_security_failure_reason", tx.failure_reason);
  if (tx.is_shared) json.field("screen_shared", *tx.is_shared);
  if (tx.screen) write_screen(*tx.screen, json);
  json.end_object();
}

constexpr EveLogger kLoggers[] = {{.event_type = "rfb",
                                   .to_server_progress = TwoStates::kComplete,
                                   .to_client_progress = TwoStates::kComplete,
                                   .write = write_record_of<write_metadata>}};

}  // namespace

constinit const ProtocolSpec kRfbProtocol{
    .name = "rfb",
    .proto = AppProto::kRfb,
    .patterns = kPatterns,
    .make_parser = make_parser_of<RfbParser>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .events = kEventNames,
    .buffers = kRfbBuffers,
    .frames = kFrameNames,
    .keywords = kRfbKeywords,
    .loggers = kLoggers,
    .write_alert_metadata = write_metadata,
};

}  // namespace culvert::rfb
