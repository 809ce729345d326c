#include "protocols/rdp/rdp_eve.h"

#include <span>

#include "event/json_writer.h"
#include "protocols/rdp/rdp_names.h"
#include "protocols/rdp/rdp_parser.h"

namespace culvert::rdp {
namespace {

struct Flag {
  std::uint16_t bit;
  std::string_view name;
};
constexpr Flag kRequestFlags[] = {{0x01, "restricted_admin_mode_required"},
                                  {0x02, "redirected_authentication_mode_required"},
                                  {0x08, "correlation_info_present"}};
constexpr Flag kResponseFlags[] = {{0x01, "extended_client_data"},
                                   {0x02, "dynvc_gfx"},
                                   {0x08, "restricted_admin"},
                                   {0x10, "redirected_authentication"}};
constexpr Flag kCapabilities[] = {
    {0x0001, "support_errinfo_pdf"},        {0x0002, "want_32bpp_session"},
    {0x0004, "support_statusinfo_pdu"},     {0x0008, "strong_asymmetric_keys"},
    {0x0020, "valid_connection_type"},      {0x0040, "support_monitor_layout_pdu"},
    {0x0080, "support_netchar_autodetect"}, {0x0100, "support_dynvc_gfx_protocol"},
    {0x0200, "support_dynamic_time_zone"},  {0x0400, "support_heartbeat_pdu"}};

void write_flags(std::string_view key, std::uint16_t value, std::span<const Flag> flags,
                 JsonWriter& json) {
  json.begin_array(key);
  for (const Flag& flag : flags) {
    if ((value & flag.bit) != 0) json.item(flag.name);
  }
  json.end_array();
}

void write_texts(std::string_view key, const std::vector<std::string>& texts, JsonWriter& json) {
  if (texts.empty()) return;
  json.begin_array(key);
  for (const std::string& text : texts) json.item(std::string_view(text));
  json.end_array();
}

void write_unless_empty(std::string_view key, std::string_view text, JsonWriter& json) {
  if (!text.empty()) json.field(key, text);
}
void write_unless_zero(std::string_view key, std::uint32_t number, JsonWriter& json) {
  if (number != 0) json.field(key, number);
}
template <class Number>
void write_if_there(std::string_view key, const std::optional<Number>& number, JsonWriter& json) {
  if (number) json.field(key, *number);
}

void write(const InitialRequest& request, JsonWriter& json) {
  json.field("event_type", "initial_request");
  write_unless_empty("cookie", request.cookie, json);
  if (request.flags != 0) write_flags("flags", request.flags, kRequestFlags, json);
}

void write(const InitialResponse& response, JsonWriter& json) {
  json.field("event_type", "initial_response");
  switch (response.kind) {
    case InitialResponse::Kind::kNone:
      break;
    case InitialResponse::Kind::kProtocol:
      if (response.flags != 0) {
        write_flags("server_supports", response.flags, kResponseFlags, json);
      }
      json.field("protocol", name_of_protocol(response.number));
      break;
    case InitialResponse::Kind::kFailure:
      json.field("error_code", response.number);
      json.field("reason", name_of_failure(response.number));
      break;
  }
}

void write(const ClientCore& core, JsonWriter& json) {
  json.begin_object("client");
  json.field("version", name_of_version(core.version));
  json.field("desktop_width", core.width);
  json.field("desktop_height", core.height);
  write_if_there("color_depth", core.color_depth, json);
  json.field("keyboard_layout", name_of_layout(core.layout));
  json.field("build", name_of_build(core.build));
  write_unless_empty("client_name", core.name, json);
  write_unless_empty("keyboard_type", name_of_keyboard(core.keyboard_type), json);
  write_unless_zero("keyboard_subtype", core.keyboard_subtype, json);
  write_unless_zero("function_keys", core.function_keys, json);
  write_unless_empty("ime", core.ime, json);
  write_unless_zero("product_id", core.product_id, json);
  write_unless_zero("serial_number", core.serial_number, json);
  if (core.capabilities) write_flags("capabilities", *core.capabilities, kCapabilities, json);
  write_unless_empty("id", core.id, json);
  write_unless_empty("connection_hint", name_of_connection(core.connection_type), json);
  write_if_there("physical_width", core.physical_width, json);
  write_if_there("physical_height", core.physical_height, json);
  write_if_there("desktop_orientation", core.orientation, json);
  write_if_there("scale_factor", core.scale, json);
  write_if_there("device_scale_factor", core.device_scale, json);
  json.end_object();
}

void write(const ConnectRequest& request, JsonWriter& json) {
  json.field("event_type", "connect_request");
  if (request.client) write(*request.client, json);
  write_texts("channels", request.channels, json);
}

void write(const ConnectResponse&, JsonWriter& json) {
  json.field("event_type", "connect_response");
}

void write(const TlsHandshake& handshake, JsonWriter& json) {
  json.field("event_type", "tls_handshake");
  write_texts("x509_serials", handshake.serials, json);
}

}  // namespace

bool write_eve(const Flow&, const Transaction& transaction, Direction direction,
               const EveOptionsBase*, JsonWriter& json) {
  const auto& tx = static_cast<const RdpTransaction&>(transaction);
  if (tx.direction != direction) return false;
  json.begin_object("rdp");
  json.field("tx_id", tx.id + 1);
  std::visit([&](const auto& message) { write(message, json); }, tx.message);
  json.end_object();
  return true;
}

const EveLogger kRdpLoggers[1] = {{.event_type = "rdp",
                                   .to_server_progress = MessageParser::kComplete,
                                   .to_client_progress = MessageParser::kComplete,
                                   .once = false,
                                   .write = write_eve}};

}  // namespace culvert::rdp
