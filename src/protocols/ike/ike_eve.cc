#include "protocols/ike/ike_eve.h"

#include <algorithm>
#include <memory>
#include <string>

#include "event/json_writer.h"
#include "protocols/ike/ike_names.h"
#include "protocols/ike/ike_parser.h"

namespace culvert::ike {
namespace {

void write_attributes(const Attributes& attributes, JsonWriter& json) {
  for (const Attribute& attribute : attributes) {
    const std::string name(name_of_attribute(attribute.type));
    const std::string raw = name + "_raw";
    if (attribute.number) {
      json.field(name, name_of_value(attribute.type, *attribute.number));
      json.field(raw, *attribute.number);
    } else {
      json.field(name, "Unknown");
      json.field(raw, attribute.hex);
    }
  }
}

void write_proposals(std::string_view key, const IkeTransaction& tx, JsonWriter& json) {
  json.begin_array(key);
  for (const Attributes& attributes : tx.v1.proposals) {
    json.begin_object();
    write_attributes(attributes, json);
    json.end_object();
  }
  json.end_array();
}

void write_keys(const Keys& keys, JsonWriter& json) {
  if (!keys.key.empty()) {
    json.field_hex("key_exchange_payload", keys.key);
    json.field("key_exchange_payload_length", keys.key.size());
  }
  if (!keys.nonce.empty()) {
    json.field_hex("nonce_payload", keys.nonce);
    json.field("nonce_payload_length", keys.nonce.size());
  }
}

void write_v1(const IkeTransaction& tx, JsonWriter& json) {
  write_attributes(tx.chosen, json);
  if (tx.is_of_server() && tx.v1.proposals.size() > 1) {
    write_proposals("server_proposals", tx, json);
  }
  json.begin_array("payload");
  for (const std::uint8_t type : tx.v1.payloads) json.item(name_of_payload1(type));
  json.end_array();
  json.begin_object("ikev1");
  if (tx.doi) json.field("doi", *tx.doi);
  json.field("encrypted_payloads", tx.header.is_encrypted());
  if (!tx.header.is_encrypted()) {
    json.begin_object("client");
    write_keys(tx.keys[index_of(Direction::kToServer)], json);
    if (!tx.is_of_server() && !tx.v1.proposals.empty()) write_proposals("proposals", tx, json);
    json.end_object();
    json.begin_object("server");
    write_keys(tx.keys[index_of(Direction::kToClient)], json);
    json.end_object();
    if (!tx.v1.vendors.empty()) {
      json.begin_array("vendor_ids");
      for (const std::string& vendor : tx.v1.vendors) json.item(vendor);
      json.end_array();
    }
  }
  json.end_object();
}

void write_v2(const IkeTransaction& tx, JsonWriter& json) {
  const bool of_initiator = tx.header.is_of_initiator();
  json.field("role", of_initiator ? "initiator" : "responder");
  if (!of_initiator) {
    json.field("alg_enc", name_of_transform(kEncryption, tx.algorithms.encryption));
    json.field("alg_auth", name_of_transform(kIntegrity, tx.algorithms.integrity));
    json.field("alg_prf", name_of_transform(kPrf, tx.algorithms.prf));
    json.field("alg_dh", name_of_transform(kDh, tx.algorithms.dh));
    json.field("alg_esn", name_of_transform(kEsn, tx.algorithms.esn));
  }
  json.begin_array("payload");
  for (const std::uint8_t type : tx.v2.payloads) json.item(name_of_payload2(type));
  json.end_array();
  constexpr std::uint16_t kFirstStatus = 16384;  // those below are errors
  const auto is_error = [](std::uint16_t type) { return type < kFirstStatus; };
  json.begin_object("ikev2");
  json.field("errors", std::ranges::count_if(tx.v2.notifies, is_error));
  if (!tx.v2.notifies.empty()) {
    json.begin_array("notify");
    for (const std::uint16_t type : tx.v2.notifies) json.item(name_of_notify(type));
    json.end_array();
  }
  json.end_object();
}

void write(const IkeTransaction& tx, bool extended, JsonWriter& json) {
  const Header& header = tx.header;
  json.begin_object("ike");
  json.field("version_major", header.major);
  json.field("version_minor", header.minor);
  json.field_hex("init_spi", header.initiator);
  json.field_hex("resp_spi", header.responder);
  json.field("message_id", header.message_id);
  json.field("exchange_type", header.exchange);
  if (header.major == 1) {
    const std::string_view name = name_of_exchange1(header.exchange);
    if (extended && !name.empty()) json.field("exchange_type_verbose", name);
    write_v1(tx, json);
  } else {
    write_v2(tx, json);
  }
  json.end_object();
}

struct IkeEveOptions final : EveOptionsBase {
  bool extended = false;
};

std::unique_ptr<EveOptionsBase> parse_options(const ConfigNode* node, Complaints& complaints) {
  auto options = std::make_unique<IkeEveOptions>();
  if (node != nullptr) options->extended = node->boolean("extended", false, complaints);
  return options;
}

bool write_eve(const Flow&, const Transaction& transaction, Direction direction,
               const EveOptionsBase* options, JsonWriter& json) {
  const auto& tx = static_cast<const IkeTransaction&>(transaction);
  if (tx.direction != direction) return false;
  write(tx, options != nullptr && static_cast<const IkeEveOptions*>(options)->extended, json);
  return true;
}

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  write(static_cast<const IkeTransaction&>(transaction), true, json);
}

constinit const EveLogger kIkeLoggers[1] = {{.event_type = "ike",
                                             .parse_options = parse_options,
                                             .to_server_progress = MessageParser::kComplete,
                                             .to_client_progress = MessageParser::kComplete,
                                             .once = false,
                                             .write = write_eve}};

}  // namespace culvert::ike
