#include "protocols/http2/http2_eve.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "event/json_writer.h"
#include "protocols/http2/http2_transaction.h"

namespace culvert::http2 {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool write_fields(std::string_view key, const Message& message, JsonWriter& json) {
  if (message.fields.empty()) return false;
  json.begin_array(key);
  for (const Field& field : message.fields) {
    json.begin_object();
    if (field.is_size_update()) {
      json.field("table_size_update", field.size_update);
    } else {
      json.field_lossy("name", field.name);
      json.field_lossy("value", field.value);
    }
    json.end_object();
  }
  json.end_array();
  return true;
}

void write_known(std::string_view key, std::string_view value, JsonWriter& json) {
  if (value.data() != nullptr) json.field_lossy(key, value);
}

/// GOAWAY's error in capitals, RST_STREAM's not: as the reference has it.
void write_error(const Message& message, JsonWriter& json) {
  const std::string_view known = name_of_error(*message.error);
  std::string name = known.empty() ? "Unknown(" + std::to_string(*message.error) + ")"
                                   : std::string(known);
  if (message.error_is_goaway) {
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
    });
  }
  json.field("error_code", name);
}

bool write_frames(std::string_view key, const Message& message, JsonWriter& json) {
  if (message.settings.empty() && !message.error && !message.priority) return false;
  json.begin_object(key);
  if (!message.settings.empty()) {
    json.begin_array("settings");
    for (const Setting& setting : message.settings) {
      json.begin_object();
      const std::string_view name = name_of_setting(setting.id);
      if (name.empty()) {
        json.field("settings_id", "SETTINGSUNKNOWN(" + std::to_string(setting.id) + ")");
      } else {
        json.field("settings_id", name);
      }
      json.field("settings_value", setting.value);
      json.end_object();
    }
    json.end_array();
  }
  if (message.error) write_error(message, json);
  if (message.priority) json.field("priority", *message.priority);
  json.end_object();
  return true;
}

/// False: there is nothing to tell.
bool write_object(const Http2Transaction& tx, JsonWriter& json) {
  bool any = false;
  json.begin_object("http");
  json.field("version", "2");
  any |= write_fields("request_headers", tx.request(), json);
  any |= write_fields("response_headers", tx.response(), json);
  write_known("http_method", tx.request().value_of(":method"), json);
  write_known("url", tx.request().value_of(":path"), json);
  write_known("hostname", tx.request().value_of(":authority"), json);
  write_known("http_user_agent", tx.request().value_of("user-agent"), json);
  if (const auto status = number(tx.response().value_of(":status"))) json.field("status", *status);
  if (const auto length = number(tx.response().value_of("content-length"))) {
    json.field("length", *length);
  }
  json.begin_object("http2");
  json.field("stream_id", tx.stream);
  any |= write_frames("request", tx.request(), json);
  any |= write_frames("response", tx.response(), json);
  json.end_object();
  json.end_object();
  return any;
}

bool write_record(const Flow&, const Transaction& transaction, Direction, const EveOptionsBase*,
                  JsonWriter& json) {
  return write_object(static_cast<const Http2Transaction&>(transaction), json);
}

}  // namespace

bool write_record_beside_dns(const Flow& flow, const Transaction& transaction, Direction direction,
                             const EveOptionsBase* options, JsonWriter& json) {
  return !static_cast<const Http2Transaction&>(transaction).has_dns() &&
         write_record(flow, transaction, direction, options, json);
}

void write_alert_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  write_object(static_cast<const Http2Transaction&>(transaction), json);
}

const EveLogger kHttp2Loggers[1] = {{.event_type = "http",
                                     .config_key = "http2",
                                     .to_server_progress = kComplete,
                                     .to_client_progress = kComplete,
                                     .write = write_record}};

}  // namespace culvert::http2
