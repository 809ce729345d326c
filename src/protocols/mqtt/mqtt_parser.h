// MQTT over TCP: control packets of both directions to transactions. Those that belong together,
// such as SUBSCRIBE and SUBACK, or the four of a PUBLISH of QoS 2, are one transaction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "app/exchange_parser.h"
#include "protocols/mqtt/mqtt_message.h"

namespace culvert::mqtt {

/// `app-layer.protocols.mqtt`.
struct MqttOptions {
  std::uint32_t max_message_bytes = 1024 * 1024;  ///< longer ones are skipped
  std::uint32_t max_transactions = 4096;          ///< live ones of a flow
  std::uint32_t subscribe_topic_match_limit = 100;
  std::uint32_t unsubscribe_topic_match_limit = 100;
};

enum class Event : std::uint8_t {
  kMissingConnect,
  kMissingPublish,
  kMissingSubscribe,
  kMissingUnsubscribe,
  kDoubleConnect,
  kUnintroducedMessage,
  kInvalidQosLevel,
  kMissingMessageId,
  kUnassignedMessageType,
  kTooManyTransactions,
  kMalformedTraffic,
  kTooManyMessages,
  kTooManyProperties,
};
inline constexpr std::string_view kEventNames[] = {
    "missing_connect",     "missing_publish",       "missing_subscribe", "missing_unsubscribe",
    "double_connect",      "unintroduced_message",  "invalid_qos_level", "missing_msg_id",
    "unassigned_msg_type", "too_many_transactions", "malformed_traffic", "too_many_messages",
    "too_many_properties"};

struct MqttTransaction final : Transaction {
  Direction direction = Direction::kToServer;  ///< who began it
  std::uint8_t version = 0;                    ///< of the connection
  const MqttOptions* options = nullptr;
  std::vector<Message> messages;
  Arena arena{512};

  void raise(Event event) { raise_anew(event); }
  const Message* find(Type type) const {
    for (const Message& message : messages) {
      if (message.type == type) return &message;
    }
    return nullptr;
  }
};

/// The parser of one flow. `options` outlive it.
enum FrameType : std::uint8_t { kPduFrame, kHeaderFrame, kDataFrame };
inline constexpr std::string_view kFrameNames[] = {"pdu", "header", "data"};

class MqttParser final : public ExchangeParser {
 public:
  explicit MqttParser(const MqttOptions& options) : options_(options) {}

  ParseStatus feed(const AppInput& input) override;
  void finish(Direction direction) override;
  bool recycle() override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;

 private:
  struct Side {
    std::vector<std::byte> held;  ///< of a packet that is not complete
    std::size_t wanted = 0;       ///< its size; 0: not even its fixed header is complete
    std::uint32_t skip = 0;       ///< bytes of a packet that is too long
  };
  /// One turn: uses bytes of `rest`, or all of them. False: malformed.
  bool step(Bytes& rest, Direction direction);
  bool step_held(Bytes& rest, Direction direction);
  bool on_packet(Bytes packet, const FixedHeader& header, Direction direction);
  bool is_too_long(const FixedHeader& header) const {
    return header.remaining > options_.max_message_bytes;
  }
  void add_frames(const FixedHeader& header, std::uint64_t begin) const;
  void on_long_packet(const FixedHeader& header, Direction direction);
  void on_message(Message message, Direction direction, std::unique_ptr<MqttTransaction> fresh);
  MqttTransaction* find_open(Type began_with, const Message& message) const;
  std::unique_ptr<MqttTransaction> make_transaction(Direction direction);
  MqttTransaction& add(std::unique_ptr<MqttTransaction> transaction);
  ParseStatus give_up(Direction direction);

  const MqttOptions& options_;
  std::array<Side, 2> sides_;
  FrameList* frames_ = nullptr;  ///< during feed()
  std::uint64_t input_end_ = 0;  ///< stream offset behind the bytes of this call
  std::array<bool, 2> ended_{};  ///< no more bytes of that direction
  std::uint8_t version_ = 0;
  bool connect_seen_ = false, connected_ = false, failed_ = false;
};

}  // namespace culvert::mqtt
