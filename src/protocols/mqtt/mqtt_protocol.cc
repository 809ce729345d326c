// How MQTT is recognised, and its options.
#include "protocols/mqtt/mqtt_protocol.h"

#include "protocols/mqtt/mqtt_eve.h"
#include "protocols/mqtt/mqtt_keywords.h"
#include "protocols/mqtt/mqtt_parser.h"

namespace culvert::mqtt {
namespace {

struct MqttContext final : ProtocolContext {
  MqttOptions options;
};

std::unique_ptr<ProtocolContext> make_context(const ConfigNode& root, Complaints& complaints) {
  auto context = std::make_unique<MqttContext>();
  MqttOptions& options = context->options;
  const auto number = [&](const char* key, std::uint32_t& value) {
    value = static_cast<std::uint32_t>(root.size(std::string("app-layer.protocols.mqtt.") + key,
                                                 value, complaints, 0, 0xffffffff));
  };
  number("max-msg-length", options.max_message_bytes);
  number("max-tx", options.max_transactions);
  number("subscribe-topic-match-limit", options.subscribe_topic_match_limit);
  number("unsubscribe-topic-match-limit", options.unsubscribe_topic_match_limit);
  return context;
}

std::unique_ptr<AppParser> make_parser(const ProtocolContext& context, Flow&) {
  return std::make_unique<MqttParser>(static_cast<const MqttContext&>(context).options);
}

/// A fixed header as its type has it (MQTT 5.0 section 2.1.3); a CONNECT that names the protocol.
ProbeResult probe(Direction direction, Bytes bytes) {
  FixedHeader header;
  switch (parse_fixed_header(bytes, header)) {
    case HeaderStatus::kNeedMore:
      return ProbeResult::kNeedMore;
    case HeaderStatus::kMalformed:
      return ProbeResult::kNo;
    case HeaderStatus::kOk:
      break;
  }
  const unsigned flags = header.first & 15u;
  switch (header.type()) {
    case Type::kUnassigned:
      return ProbeResult::kNo;
    case Type::kConnect: {
      ByteCursor in(bytes.subspan(header.size));
      const std::string_view name = as_text(in.take(in.u16()));
      if (!in.ok()) return ProbeResult::kNeedMore;
      const bool known = name == "MQTT" || name == "MQIsdp";
      return known && flags == 0 && direction == Direction::kToServer ? ProbeResult::kYes
                                                                      : ProbeResult::kNo;
    }
    case Type::kPublish:
      return (flags & 6) != 6 ? ProbeResult::kYes : ProbeResult::kNo;
    case Type::kPubrel:
    case Type::kSubscribe:
    case Type::kUnsubscribe:
      return flags == 2 ? ProbeResult::kYes : ProbeResult::kNo;
    case Type::kConnack:
    case Type::kPuback:
    case Type::kPubrec:
    case Type::kPubcomp:
    case Type::kSuback:
    case Type::kUnsuback:
    case Type::kPingreq:
    case Type::kPingresp:
    case Type::kDisconnect:
    case Type::kAuth:
      break;
  }
  return flags == 0 ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "1883",
                                      .config_key = "mqtt.detection-ports.dp",
                                      .min_bytes = 2,
                                      .probe = probe}};

}  // namespace

constinit const ProtocolSpec kMqttProtocol{
    .name = "mqtt",
    .proto = AppProto::kMqtt,
    .probes = kProbes,
    .make_context = make_context,
    .make_parser = make_parser,
    .to_server_states = kRequestStates,
    .to_client_states = kResponseStates,
    .events = kEventNames,
    .buffers = kMqttBuffers,
    .frames = kFrameNames,
    .keywords = kMqttKeywords,
    .loggers = kMqttLoggers,
    .write_alert_metadata = write_metadata,
};

}  // namespace culvert::mqtt
