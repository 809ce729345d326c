#include "protocols/quic/quic_eve.h"

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/quic/quic_parser.h"

namespace culvert::quic {
namespace {

void write_cyus(const std::vector<Cyu>& cyus, JsonWriter& json) {
  if (cyus.empty()) return;
  json.begin_array("cyu");
  for (const Cyu& cyu : cyus) {
    json.begin_object();
    json.field("hash", std::string_view(cyu.hash.data(), cyu.hash.size()));
    json.field_lossy("string", cyu.text);
    json.end_object();
  }
  json.end_array();
}

void write_extension(std::uint16_t type, Bytes data, JsonWriter& json) {
  json.begin_object();
  const std::string_view name = name_of_extension(type);
  if (!name.empty()) json.field("name", name);
  json.field("type", type);
  const auto mark = json.mark();
  json.begin_array("values");
  for_each_value(type, data, [&](std::string_view value) { json.item_lossy(value); });
  if (json.is_empty()) {
    json.rollback(mark);
  } else {
    json.end_array();
  }
  json.end_object();
}

void write_hello(const QuicTransaction& tx, JsonWriter& json) {
  const bool of_client = tx.direction == Direction::kToServer;
  json.begin_object(of_client ? "ja3" : "ja3s");
  json.field("hash", tx.ja3_hash());
  json.field("string", tx.ja3());
  json.end_object();
  if (!tx.ja4().empty()) json.field("ja4", tx.ja4());
  const auto mark = json.mark();
  json.begin_array("extensions");
  for_each_extension(*tx.hello,
                     [&](std::uint16_t type, Bytes data) { write_extension(type, data, json); });
  if (json.is_empty()) {
    json.rollback(mark);
  } else {
    json.end_array();
  }
}

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const QuicTransaction&>(transaction);
  json.begin_object("quic");
  json.field("version", name_of_version(tx.version));
  if (!tx.server_name.empty()) json.field_lossy("sni", tx.server_name);
  if (!tx.user_agent.empty()) json.field_lossy("ua", tx.user_agent);
  write_cyus(tx.cyus, json);
  if (tx.hello) write_hello(tx, json);
  json.end_object();
}

const EveLogger kQuicLoggers[1] = {{.event_type = "quic",
                                    .to_server_progress = MessageParser::kComplete,
                                    .to_client_progress = MessageParser::kComplete,
                                    .once = false,
                                    .write = write_message_record_of<write_metadata>}};

}  // namespace culvert::quic
