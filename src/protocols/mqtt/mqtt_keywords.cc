#include "protocols/mqtt/mqtt_keywords.h"

#include <memory>
#include <string>

#include "keywords/integer_match.h"
#include "protocols/mqtt/mqtt_parser.h"
#include "rule/value.h"

namespace culvert::mqtt {
namespace {

constexpr TransactionHook kBoth{AppProto::kMqtt, {true, 0}, {true, 0}};
constexpr TransactionHook kToClient{AppProto::kMqtt, {}, {true, 0}};
constexpr TransactionHook kToServer{AppProto::kMqtt, {true, 0}, {}};

const MqttTransaction& mqtt(const MatchContext& context) {
  return static_cast<const MqttTransaction&>(*context.transaction);
}
const MqttTransaction& mqtt(const BufferRequest& request) {
  return static_cast<const MqttTransaction&>(request.transaction);
}

// --- numbers ------------------------------------------------------------------------------------

struct TypeIs final : Keyword {
  explicit TypeIs(IntegerMatch want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    for (const Message& message : mqtt(context).messages) {
      if (wanted.matches(static_cast<std::uint64_t>(message.type))) return true;
    }
    return false;
  }
  const IntegerMatch wanted;
};

struct QosIs final : Keyword {
  explicit QosIs(std::uint8_t value) : qos(value) {}
  bool match(const MatchContext& context) const noexcept override {
    for (const Message& message : mqtt(context).messages) {
      if (message.qos == qos) return true;
    }
    return false;
  }
  const std::uint8_t qos;
};

struct VersionIs final : Keyword {
  explicit VersionIs(IntegerMatch want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    return wanted.matches(mqtt(context).version);
  }
  const IntegerMatch wanted;
};

/// Any reason or return code of any message; of SUBACK and UNSUBACK, one for each topic.
struct ReasonIs final : Keyword {
  explicit ReasonIs(IntegerMatch want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    for (const Message& message : mqtt(context).messages) {
      if (message.reason_code && wanted.matches(*message.reason_code)) return true;
      for (const std::byte code : message.codes) {
        if (wanted.matches(std::to_integer<std::uint64_t>(code))) return true;
      }
    }
    return false;
  }
  const IntegerMatch wanted;
};

std::optional<std::uint64_t> find_type(std::string_view word) {
  for (unsigned i = 1; i < 16; ++i) {
    if (equals_ignoring_case(word, name_of(static_cast<Type>(i)))) return i;
  }
  if (equals_ignoring_case(word, "unassigned")) return 0;
  return std::nullopt;
}

template <class Match>
Result<void> compile_number(RuleBuilder& rule, std::string_view argument,
                            const TransactionHook& hook, IntegerMatch::FindWord words = nullptr) {
  const auto wanted = IntegerMatch::parse(argument, 0xff, words);
  if (!wanted) return tl::unexpected(wanted.error());
  return rule.add_transaction_match(hook, std::make_unique<const Match>(*wanted));
}
Result<void> compile_type(RuleBuilder& rule, std::string_view argument) {
  return compile_number<TypeIs>(rule, argument, kBoth, find_type);
}
Result<void> compile_version(RuleBuilder& rule, std::string_view argument) {
  return compile_number<VersionIs>(rule, argument, kToServer);
}
Result<void> compile_reason(RuleBuilder& rule, std::string_view argument) {
  return compile_number<ReasonIs>(rule, argument, kBoth);
}
Result<void> compile_qos(RuleBuilder& rule, std::string_view argument) {
  const auto qos = parse_unsigned(trim(argument), 2);
  if (!qos) return failure("mqtt.qos: \"" + std::string(argument) + "\" is not 0, 1 or 2");
  return rule.add_transaction_match(kToServer,
                                    std::make_unique<QosIs>(static_cast<std::uint8_t>(*qos)));
}

// --- flags --------------------------------------------------------------------------------------

/// Flags that have to be set, and such that must not be.
struct FlagWish {
  std::uint8_t set = 0, unset = 0;
  bool matches(std::uint8_t flags) const { return (flags & set) == set && (flags & unset) == 0; }
};

Result<FlagWish> parse_flags(std::string_view keyword, std::string_view argument,
                             std::span<const std::pair<std::string_view, std::uint8_t>> names) {
  FlagWish wish;
  for (std::string_view item : split_list(argument)) {
    const bool negated = take_negation(item);
    std::uint8_t bit = 0;
    std::string known;
    for (const auto& [name, value] : names) {
      if (name == item) bit = value;
      known += (known.empty() ? "" : ", ") + std::string(name);
    }
    if (bit == 0) {
      return failure(std::string(keyword) + ": \"" + std::string(item) + "\" is not one of " +
                     known);
    }
    if (((wish.set | wish.unset) & bit) != 0) {
      return failure(std::string(keyword) + ": " + std::string(item) + " is there twice");
    }
    std::uint8_t& side = negated ? wish.unset : wish.set;
    side = static_cast<std::uint8_t>(side | bit);
  }
  return wish;
}

constexpr std::uint8_t kRetain = 1, kDup = 8;

struct FlagsAre final : Keyword {
  explicit FlagsAre(FlagWish w) : wish(w) {}
  bool match(const MatchContext& context) const noexcept override {
    for (const Message& message : mqtt(context).messages) {
      const unsigned flags = (message.retain ? kRetain : 0u) | (message.dup ? kDup : 0u);
      if (wish.matches(static_cast<std::uint8_t>(flags))) return true;
    }
    return false;
  }
  const FlagWish wish;
};

struct ConnectFlagsAre final : Keyword {
  explicit ConnectFlagsAre(FlagWish w) : wish(w) {}
  bool match(const MatchContext& context) const noexcept override {
    const Message* const connect = mqtt(context).find(Type::kConnect);
    return connect != nullptr && wish.matches(connect->connect_flags);
  }
  const FlagWish wish;
};

struct SessionPresentIs final : Keyword {
  explicit SessionPresentIs(bool v) : value(v) {}
  bool match(const MatchContext& context) const noexcept override {
    const Message* const connack = mqtt(context).find(Type::kConnack);
    return connack != nullptr && connack->session_present == value;
  }
  const bool value;
};

Result<void> compile_flags(RuleBuilder& rule, std::string_view argument) {
  constexpr std::pair<std::string_view, std::uint8_t> kNames[] = {{"dup", kDup},
                                                                  {"retain", kRetain}};
  const auto wish = parse_flags("mqtt.flags", argument, kNames);
  if (!wish) return tl::unexpected(wish.error());
  return rule.add_transaction_match(kToServer, std::make_unique<FlagsAre>(*wish));
}
Result<void> compile_connect_flags(RuleBuilder& rule, std::string_view argument) {
  constexpr std::pair<std::string_view, std::uint8_t> kNames[] = {{"username", kUsername},
                                                                  {"password", kPassword},
                                                                  {"will", kWill},
                                                                  {"will_retain", kWillRetain},
                                                                  {"clean_session", kCleanSession}};
  const auto wish = parse_flags("mqtt.connect.flags", argument, kNames);
  if (!wish) return tl::unexpected(wish.error());
  return rule.add_transaction_match(kToServer, std::make_unique<ConnectFlagsAre>(*wish));
}
Result<void> compile_session_present(RuleBuilder& rule, std::string_view argument) {
  const std::string_view text = trim(argument);
  const bool yes = text == "1" || text == "yes" || text == "true";
  if (!yes && text != "0" && text != "no" && text != "false") {
    return failure("mqtt.connack.session_present: \"" + std::string(text) + "\" is not yes or no");
  }
  return rule.add_transaction_match(kToClient, std::make_unique<SessionPresentIs>(yes));
}

constexpr KeywordSpec kType{.name = "mqtt.type",
                            .help = "type of a control packet: CONNECT, PUBLISH, ...",
                            .compile = compile_type,
                            .can_negate = true};
constexpr KeywordSpec kFlags{.name = "mqtt.flags",
                             .help = "flags of a control packet: dup, retain, !dup, !retain",
                             .compile = compile_flags,
                             .can_negate = true};
constexpr KeywordSpec kQos{
    .name = "mqtt.qos", .help = "quality of service: 0, 1, 2", .compile = compile_qos};
constexpr KeywordSpec kReason{.name = "mqtt.reason_code",
                              .help = "reason or return code of a control packet",
                              .compile = compile_reason,
                              .can_negate = true};
constexpr KeywordSpec kVersion{.name = "mqtt.protocol_version",
                               .help = "protocol version of the connection: 3, 4, 5",
                               .compile = compile_version,
                               .can_negate = true};
constexpr KeywordSpec kConnectFlags{
    .name = "mqtt.connect.flags",
    .help = "flags of CONNECT: username, password, will, will_retain, clean_session",
    .compile = compile_connect_flags,
    .can_negate = true};
constexpr KeywordSpec kSessionPresent{.name = "mqtt.connack.session_present",
                                      .help = "whether CONNACK takes up an earlier session",
                                      .compile = compile_session_present};

// --- buffers ------------------------------------------------------------------------------------

template <Type kOfType, std::string_view Message::*kField>
std::optional<Bytes> get_text(const BufferRequest& r) {
  const Message* const message = mqtt(r).find(kOfType);
  if (message == nullptr || (message->*kField).empty()) return std::nullopt;
  return as_bytes(message->*kField);
}

/// Each topic of each message of the type.
std::optional<Bytes> get_topic(const BufferRequest& r, Type type, std::uint32_t limit) {
  std::uint32_t instance = r.instance;
  if (limit != 0 && instance >= limit) return std::nullopt;
  for (const Message& message : mqtt(r).messages) {
    if (message.type != type) continue;
    if (instance < message.topics.size()) return as_bytes(message.topics[instance].name);
    instance -= static_cast<std::uint32_t>(message.topics.size());
  }
  return std::nullopt;
}
std::optional<Bytes> get_subscribe_topic(const BufferRequest& r) {
  return get_topic(r, Type::kSubscribe, mqtt(r).options->subscribe_topic_match_limit);
}
std::optional<Bytes> get_unsubscribe_topic(const BufferRequest& r) {
  return get_topic(r, Type::kUnsubscribe, mqtt(r).options->unsubscribe_topic_match_limit);
}

constexpr AppProto kMqtt = AppProto::kMqtt;
constexpr BufferSide kSide{true, 0};

}  // namespace

constinit const KeywordSpec* const kMqttKeywords[7] = {
    &kType, &kFlags, &kQos, &kReason, &kVersion, &kConnectFlags, &kSessionPresent};

const BufferSpec kMqttBuffers[10] = {
    {.name = "mqtt.connect.protocol_string",
     .description = "name of the protocol in CONNECT: \"MQTT\"",
     .proto = kMqtt,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_text<Type::kConnect, &Message::protocol>},
    {.name = "mqtt.connect.clientid",
     .description = "client identifier of CONNECT",
     .proto = kMqtt,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_text<Type::kConnect, &Message::client_id>},
    {.name = "mqtt.connect.username",
     .description = "user name of CONNECT",
     .proto = kMqtt,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_text<Type::kConnect, &Message::username>},
    {.name = "mqtt.connect.password",
     .description = "password of CONNECT",
     .proto = kMqtt,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_text<Type::kConnect, &Message::password>},
    {.name = "mqtt.connect.willtopic",
     .description = "topic of the last will in CONNECT",
     .proto = kMqtt,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_text<Type::kConnect, &Message::will_topic>},
    {.name = "mqtt.connect.willmessage",
     .description = "message of the last will in CONNECT",
     .proto = kMqtt,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_text<Type::kConnect, &Message::will_message>},
    {.name = "mqtt.publish.topic",
     .description = "topic of PUBLISH",
     .proto = kMqtt,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_text<Type::kPublish, &Message::topic>},
    {.name = "mqtt.publish.message",
     .description = "message of PUBLISH",
     .proto = kMqtt,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_text<Type::kPublish, &Message::payload>},
    {.name = "mqtt.subscribe.topic",
     .description = "each topic of SUBSCRIBE",
     .proto = kMqtt,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_subscribe_topic,
     .multi_instance = true},
    {.name = "mqtt.unsubscribe.topic",
     .description = "each topic of UNSUBSCRIBE",
     .proto = kMqtt,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_unsubscribe_topic,
     .multi_instance = true},
};

}  // namespace culvert::mqtt
