// How MQTT is recognised, and its options.
#include "protocols/mqtt/mqtt_protocol.h"

#include "app/spec_parts.h"
#include "protocols/mqtt/mqtt_eve.h"
#include "protocols/mqtt/mqtt_keywords.h"
#include "protocols/mqtt/mqtt_parser.h"

namespace culvert::mqtt {
namespace {

void read_options(const ConfigNode& root, MqttOptions& options, Complaints& complaints) {
  const ProtocolSizes sizes(root, "mqtt", complaints);
  sizes.read("max-msg-length", options.max_message_bytes);
  sizes.read("max-tx", options.max_transactions);
  sizes.read("subscribe-topic-match-limit", options.subscribe_topic_match_limit);
  sizes.read("unsubscribe-topic-match-limit", options.unsubscribe_topic_match_limit);
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
    .make_context = make_context_of<MqttOptions, read_options>,
    .make_parser = make_parser_of<MqttParser, MqttOptions>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .events = kEventNames,
    .buffers = kMqttBuffers,
    .frames = kFrameNames,
    .keywords = kMqttKeywords,
    .loggers = kMqttLoggers,
    .write_alert_metadata = write_metadata,
};

}  // namespace culvert::mqtt
