#include "protocols/sip/sip_eve.h"

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/sip/sip_parser.h"

namespace culvert::sip {
namespace {

void field(std::string_view key, std::string_view value, JsonWriter& json) {
  if (!value.empty()) json.field(key, value);
}
void list(std::string_view key, const std::vector<std::string_view>& items, JsonWriter& json) {
  if (items.empty()) return;
  json.begin_array(key);
  for (const std::string_view item : items) json.item(item);
  json.end_array();
}

void write_sdp(const Sdp& sdp, JsonWriter& json) {
  json.begin_object("sdp");
  field("origin", sdp.origin, json);
  field("session_name", sdp.session_name, json);
  field("session_info", sdp.session_info, json);
  field("uri", sdp.uri, json);
  field("email", sdp.email, json);
  field("phone_number", sdp.phone_number, json);
  field("connection_data", sdp.connection_data, json);
  list("bandwidths", sdp.bandwidths, json);
  if (!sdp.times.empty()) {
    json.begin_array("time_descriptions");
    for (const SdpTime& time : sdp.times) {
      json.begin_object();
      field("time", time.time, json);
      field("repeat_time", time.repeat_time, json);
      json.end_object();
    }
    json.end_array();
  }
  field("timezone", sdp.timezone, json);
  field("encryption_key", sdp.encryption_key, json);
  list("attributes", sdp.attributes, json);
  if (!sdp.media.empty()) {
    json.begin_array("media_descriptions");
    for (const SdpMedia& media : sdp.media) {
      json.begin_object();
      field("media", media.media, json);
      field("media_info", media.media_info, json);
      list("bandwidths", media.bandwidths, json);
      field("connection_data", media.connection_data, json);
      field("encryption_key", media.encryption_key, json);
      list("attributes", media.attributes, json);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const Message& message = static_cast<const SipTransaction&>(transaction).message;
  json.begin_object("sip");
  if (message.is_request) {
    json.field("method", message.method);
    json.field("uri", message.uri);
    json.field("version", message.version);
  } else {
    json.field("version", message.version);
    json.field("code", message.code);
    json.field("reason", message.reason);
  }
  if (message.has_sdp) write_sdp(message.sdp, json);
  json.field(message.is_request ? "request_line" : "response_line", message.first_line);
  json.end_object();
}

constinit const EveLogger kSipLoggers[1] = {{.event_type = "sip",
                                             .to_server_progress = 1,
                                             .to_client_progress = 1,
                                             .once = false,
                                             .write = write_message_record_of<write_metadata>,
                                             .header_of_packet = true}};

}  // namespace culvert::sip
