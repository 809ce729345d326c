#include "protocols/mqtt/mqtt_eve.h"

#include <string>

#include "event/json_writer.h"
#include "protocols/mqtt/mqtt_parser.h"

namespace culvert::mqtt {
namespace {

struct EveOptions final : EveOptionsBase {
  bool passwords = true;
  std::uint64_t string_log_limit = 1024;  ///< bytes of a text; 0: any
};

class Record {
 public:
  Record(const EveOptions& options, JsonWriter& json) : options_(options), json_(json) {}

  void write(const Message& message, std::uint8_t version) {
    json_.begin_object(message.type == Type::kUnassigned ? "unassigned" : name_of(message.type));
    json_.field("qos", message.qos);
    json_.field("retain", message.retain);
    json_.field("dup", message.dup);
    if (message.truncated) {
      json_.field("truncated", true);
      json_.field("skipped_length", message.skipped_length);
    } else {
      write_body(message, version);
    }
    json_.end_object();
  }

 private:
  void write_body(const Message& message, std::uint8_t version) {
    switch (message.type) {
      case Type::kConnect:
        write_connect(message);
        break;
      case Type::kConnack:
        json_.field("session_present", message.session_present);
        json_.field("return_code", message.reason_code.value_or(0));
        break;
      case Type::kPublish:
        field("topic", message.topic);
        write_id(message);
        field("message", message.payload);
        break;
      case Type::kSubscribe:
      case Type::kUnsubscribe:
        write_id(message);
        write_topics(message);
        break;
      case Type::kSuback:
      case Type::kUnsuback:
        write_id(message);
        write_codes(message, version);
        break;
      case Type::kPuback:
      case Type::kPubrec:
      case Type::kPubrel:
      case Type::kPubcomp:
      case Type::kDisconnect:
      case Type::kAuth:
        write_id(message);
        if (message.reason_code) json_.field("reason_code", *message.reason_code);
        break;
      case Type::kUnassigned:
      case Type::kPingreq:
      case Type::kPingresp:
        break;
    }
    if (message.has_properties) write_properties(message.properties);
  }

  void write_connect(const Message& message) {
    const auto has = [&](ConnectFlag flag) { return (message.connect_flags & flag) != 0; };
    field("protocol_string", message.protocol);
    json_.field("protocol_version", message.version);
    field("client_id", message.client_id);
    json_.begin_object("flags");
    json_.field("username", has(kUsername));
    json_.field("password", has(kPassword));
    json_.field("will_retain", has(kWillRetain));
    json_.field("will", has(kWill));
    json_.field("clean_session", has(kCleanSession));
    json_.end_object();
    if (has(kUsername)) field("username", message.username);
    if (has(kPassword) && options_.passwords) field("password", message.password);
    if (!has(kWill)) return;
    json_.begin_object("will");
    field("topic", message.will_topic);
    field("message", message.will_message);
    if (message.has_will_properties) write_properties(message.will_properties);
    json_.end_object();
  }

  void write_id(const Message& message) {
    if (message.id) json_.field("message_id", *message.id);
  }

  void write_topics(const Message& message) {
    json_.begin_array("topics");
    for (const Topic& topic : message.topics) {
      if (message.type == Type::kUnsubscribe) {
        json_.item(limited(topic.name));
        continue;
      }
      json_.begin_object();
      field("topic", topic.name);
      json_.field("qos", topic.qos);
      json_.end_object();
    }
    json_.end_array();
  }

  void write_codes(const Message& message, std::uint8_t version) {
    if (message.type == Type::kUnsuback && version != 5) return;
    json_.begin_array(message.type == Type::kSuback ? "qos_granted" : "reason_codes");
    for (const std::byte code : message.codes) json_.item(std::to_integer<unsigned>(code));
    json_.end_array();
  }

  void write_properties(const std::vector<Property>& properties) {
    json_.begin_object("properties");
    bool has_pairs = false;
    for (const Property& property : properties) {
      const std::string_view name = name_of_property(property.id);
      switch (kind_of_property(property.id)) {
        case PropertyKind::kNumber:
          json_.field(name, property.number);
          break;
        case PropertyKind::kText:
          field(name, property.text);
          break;
        case PropertyKind::kPair:
          has_pairs = true;
          break;
        case PropertyKind::kUnknown:
          break;
      }
    }
    if (has_pairs) {
      json_.begin_array("user_properties");
      for (const Property& property : properties) {
        if (kind_of_property(property.id) != PropertyKind::kPair) continue;
        json_.begin_object();
        field("key", property.text);
        field("value", property.value);
        json_.end_object();
      }
      json_.end_array();
    }
    json_.end_object();
  }

  std::string_view limited(std::string_view text) {
    const std::uint64_t limit = options_.string_log_limit;
    if (limit == 0 || text.size() <= limit) return text;
    text_ = text.substr(0, limit);
    text_ += "[truncated " + std::to_string(text.size() - limit) + " additional bytes]";
    return text_;
  }
  void field(std::string_view key, std::string_view text) { json_.field(key, limited(text)); }

  const EveOptions& options_;
  JsonWriter& json_;
  std::string text_;
};

std::unique_ptr<EveOptionsBase> parse_eve_options(const ConfigNode* node, Complaints& complaints) {
  auto options = std::make_unique<EveOptions>();
  if (node == nullptr) return options;
  options->passwords = node->boolean("passwords", options->passwords, complaints);
  options->string_log_limit = node->size("string-log-limit", options->string_log_limit, complaints);
  return options;
}

void write(const MqttTransaction& tx, const EveOptions& options, JsonWriter& json) {
  Record record(options, json);
  json.begin_object("mqtt");
  for (const Message& message : tx.messages) record.write(message, tx.version);
  json.end_object();
}

bool write_eve(const Flow&, const Transaction& transaction, Direction direction,
               const EveOptionsBase* options, JsonWriter& json) {
  const auto& tx = static_cast<const MqttTransaction&>(transaction);
  if (tx.direction != direction) return false;
  write(tx, static_cast<const EveOptions&>(*options), json);
  return true;
}

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  static const EveOptions kDefaults;
  write(static_cast<const MqttTransaction&>(transaction), kDefaults, json);
}

constinit const EveLogger kMqttLoggers[1] = {{.event_type = "mqtt",
                                              .parse_options = parse_eve_options,
                                              .to_server_progress = 1,
                                              .to_client_progress = 1,
                                              .once = false,
                                              .write = write_eve}};

}  // namespace culvert::mqtt
