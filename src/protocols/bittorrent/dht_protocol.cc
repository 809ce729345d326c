// How the DHT of BitTorrent is recognised, and its record.
#include "protocols/bittorrent/dht_protocol.h"

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/bittorrent/dht_parser.h"

namespace culvert::bittorrent {
namespace {

constexpr ProtocolPattern pattern(Direction direction, std::string_view bytes) {
  return {.ip_proto = 17, .direction = direction, .bytes = bytes};
}
constexpr ProtocolPattern kPatterns[] = {
    pattern(Direction::kToServer, "d1:ad2:id20:"), pattern(Direction::kToClient, "d1:ad2:id20:"),
    pattern(Direction::kToServer, "d1:rd2:id20:"), pattern(Direction::kToClient, "d1:rd2:id20:"),
    pattern(Direction::kToServer, "d2:ip"),        pattern(Direction::kToClient, "d2:ip"),
    pattern(Direction::kToServer, "d1:el"),        pattern(Direction::kToClient, "d1:el")};

void write_hex(std::string_view key, const std::optional<Bytes>& bytes, JsonWriter& json) {
  if (bytes) json.field_hex(key, *bytes);
}

void write_nodes(std::string_view key, const std::vector<Node>& nodes, JsonWriter& json) {
  if (nodes.empty()) return;
  json.begin_array(key);
  for (const Node& node : nodes) {
    json.begin_object();
    if (!node.id.empty()) json.field_hex("id", node.id);
    json.field_address("ip", IpAddress::from_bytes(node.address));
    json.field("port", node.port);
    json.end_object();
  }
  json.end_array();
}

void write_query(const Query& query, JsonWriter& json) {
  json.field("request_type", query.method);
  json.begin_object("request");
  json.field_hex("id", query.id);
  write_hex("target", query.target, json);
  write_hex("info_hash", query.info_hash, json);
  write_hex("token", query.token, json);
  if (query.implied_port) json.field("implied_port", *query.implied_port);
  if (query.port) json.field("port", *query.port);
  json.end_object();
}

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const Message& message = static_cast<const DhtTransaction&>(transaction).message;
  json.begin_object("bittorrent_dht");
  json.field_hex("transaction_id", message.transaction);
  write_hex("client_version", message.client, json);
  if (message.query) write_query(*message.query, json);
  if (message.response) {
    json.begin_object("response");
    json.field_hex("id", message.response->id);
    write_nodes("nodes", message.response->nodes, json);
    write_nodes("nodes6", message.response->nodes6, json);
    write_nodes("values", message.response->values, json);
    write_hex("token", message.response->token, json);
    json.end_object();
  }
  if (message.error) {
    json.begin_object("error");
    json.field("num", message.error->number);
    json.field("msg", message.error->text);
    json.end_object();
  }
  json.end_object();
}

constexpr EveLogger kLoggers[] = {{.event_type = "bittorrent_dht",
                                   .config_key = "bittorrent-dht",
                                   .to_server_progress = 1,
                                   .to_client_progress = 1,
                                   .once = false,
                                   .write = write_message_record_of<write_metadata>}};

}  // namespace

constinit const ProtocolSpec kDhtProtocol{
    .name = "bittorrent-dht",
    .proto = AppProto::kBittorrentDht,
    .ip_protos = {17, 0},
    .patterns = kPatterns,
    .make_parser = make_parser_of<DhtParser>,
    .to_server_states = MessageParser::kRequestStates,
    .to_client_states = MessageParser::kResponseStates,
    .events = kEventNames,
    .loggers = kLoggers,
    .write_alert_metadata = write_metadata,
    .unidirectional = true,
};

}  // namespace culvert::bittorrent
