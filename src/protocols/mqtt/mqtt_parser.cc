#include "protocols/mqtt/mqtt_parser.h"

#include <algorithm>
#include <utility>

namespace culvert::mqtt {
namespace {

constexpr std::size_t kMostMessages = 32;  // of one transaction

}  // namespace

ParseStatus MqttParser::feed(const AppInput& input) {
  if (failed_) return ParseStatus::kMalformed;
  time_ = input.time;
  frames_ = input.frames;
  input_end_ = input.stream_offset + input.bytes.size();
  Side& side = sides_[index_of(input.direction)];
  Bytes rest = input.bytes;
  while (!rest.empty()) {
    if (!step(rest, input.direction)) return give_up(input.direction);
  }
  return side.held.empty() && side.skip == 0 ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

bool MqttParser::step(Bytes& rest, Direction direction) {
  Side& side = sides_[index_of(direction)];
  if (side.skip != 0) {
    const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(side.skip, rest.size()));
    side.skip -= size;
    rest = rest.subspan(size);
    return true;
  }
  if (!side.held.empty()) return step_held(rest, direction);
  FixedHeader header;
  const HeaderStatus status = parse_fixed_header(rest, header);
  if (status == HeaderStatus::kMalformed) return false;
  const std::size_t size = header.size + std::size_t{header.remaining};
  if (status == HeaderStatus::kOk && is_too_long(header)) {
    add_frames(header, input_end_ - rest.size());
    on_long_packet(header, direction);
    rest = rest.subspan(header.size);
    return true;
  }
  if (status == HeaderStatus::kNeedMore || rest.size() < size) {
    side.held.assign(rest.begin(), rest.end());
    side.wanted = status == HeaderStatus::kOk ? size : 0;
    rest = {};
    return true;
  }
  const Bytes packet = rest.first(size);
  add_frames(header, input_end_ - rest.size());
  rest = rest.subspan(size);
  return on_packet(packet, header, direction);
}

/// The same when a packet has begun earlier: byte by byte until its size is known.
bool MqttParser::step_held(Bytes& rest, Direction direction) {
  Side& side = sides_[index_of(direction)];
  const std::size_t size =
      side.wanted == 0 ? 1 : std::min(side.wanted - side.held.size(), rest.size());
  side.held.insert(side.held.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
  rest = rest.subspan(size);
  FixedHeader header;
  switch (parse_fixed_header(side.held, header)) {
    case HeaderStatus::kMalformed:
      return false;
    case HeaderStatus::kNeedMore:
      return true;
    case HeaderStatus::kOk:
      break;
  }
  if (is_too_long(header)) {
    add_frames(header, input_end_ - rest.size() - side.held.size());
    side.held.clear();
    on_long_packet(header, direction);
    return true;
  }
  side.wanted = header.size + std::size_t{header.remaining};
  if (side.held.size() < side.wanted) return true;
  add_frames(header, input_end_ - rest.size() - side.held.size());
  std::vector<std::byte> packet;
  packet.swap(side.held);
  return on_packet(packet, header, direction);
}

void MqttParser::add_frames(const FixedHeader& header, std::uint64_t begin) const {
  if (frames_ == nullptr) return;
  frames_->add(kPduFrame, begin, header.size + std::uint64_t{header.remaining});
  frames_->add(kHeaderFrame, begin, header.size);
  frames_->add(kDataFrame, begin + header.size, header.remaining);
}

void MqttParser::on_long_packet(const FixedHeader& header, Direction direction) {
  Message message(header);
  message.truncated = true;
  message.skipped_length = std::uint64_t{header.size} + header.remaining;
  sides_[index_of(direction)].skip = header.remaining;
  on_message(std::move(message), direction, make_transaction(direction));
}

bool MqttParser::on_packet(Bytes packet, const FixedHeader& header, Direction direction) {
  Message message(header);
  auto transaction = make_transaction(direction);
  if (!message.parse_body(packet.subspan(header.size), version_, transaction->arena)) return false;
  on_message(std::move(message), direction, std::move(transaction));
  return true;
}

/// Adds the message to the transaction that it answers, or to `fresh`, whose arena has its texts.
void MqttParser::on_message(Message message, Direction direction,
                            std::unique_ptr<MqttTransaction> fresh) {
  const Type type = message.type;
  const bool introduces = type == Type::kConnect || type == Type::kConnack || type == Type::kAuth;
  if (!connected_ && !introduces && type != Type::kUnassigned) {
    fresh->raise(Event::kUnintroducedMessage);
  }
  // What it goes on with, and what is missing when there is no such transaction.
  Type began_with = Type::kUnassigned;
  Event missing{};
  bool completes = true;
  switch (type) {
    case Type::kConnect:
      if (connect_seen_) fresh->raise(Event::kDoubleConnect);
      connect_seen_ = true;
      version_ = message.version;
      fresh->version = version_;
      completes = false;
      break;
    case Type::kConnack:
      connected_ = true;
      began_with = Type::kConnect;
      missing = Event::kMissingConnect;
      break;
    case Type::kPublish:
      if (message.qos == 3) fresh->raise(Event::kInvalidQosLevel);
      completes = message.qos == 0 || message.truncated;
      break;
    case Type::kPubrec:
    case Type::kPubrel:
      completes = false;
      [[fallthrough]];
    case Type::kPuback:
    case Type::kPubcomp:
      began_with = Type::kPublish;
      missing = Event::kMissingPublish;
      break;
    case Type::kSubscribe:
    case Type::kUnsubscribe:
      completes = message.qos != 1 || message.truncated;
      break;
    case Type::kSuback:
      began_with = Type::kSubscribe;
      missing = Event::kMissingSubscribe;
      break;
    case Type::kUnsuback:
      began_with = Type::kUnsubscribe;
      missing = Event::kMissingUnsubscribe;
      break;
    case Type::kUnassigned:
      fresh->raise(Event::kUnassignedMessageType);
      break;
    case Type::kPingreq:
    case Type::kPingresp:
    case Type::kDisconnect:
    case Type::kAuth:
      break;
  }
  if (began_with != Type::kUnassigned && !message.truncated) {
    MqttTransaction* const open = find_open(began_with, message);
    if (open == nullptr) {
      fresh->raise(missing);
      completes = true;
    } else {
      // Its texts move over: the fresh transaction's arena is not kept.
      if (open->messages.size() < kMostMessages) {
        Message copy(std::move(message));
        const auto keep = [&](std::string_view& text) { text = open->arena.copy(text); };
        for (Property& property : copy.properties) {
          keep(property.text);
          keep(property.value);
        }
        copy.codes = open->arena.copy(copy.codes);
        open->messages.push_back(std::move(copy));
      } else {
        open->raise(Event::kTooManyMessages);
      }
      open->last_seen = time_;
      open->updated[0] = open->updated[1] = true;
      if (completes) complete(*open);
      return;
    }
  }
  MqttTransaction& transaction = add(std::move(fresh));
  if (type != Type::kUnassigned) transaction.messages.push_back(std::move(message));
  transaction.direction = direction;
  if (completes) complete(transaction);
}

MqttTransaction* MqttParser::find_open(Type began_with, const Message& message) const {
  for (Transaction* base : transactions_) {
    auto& transaction = static_cast<MqttTransaction&>(*base);
    if (transaction.progress[0] >= kComplete || transaction.messages.empty()) continue;
    const Message& first = transaction.messages.front();
    if (first.type == began_with && first.id == message.id) return &transaction;
  }
  return nullptr;
}

std::unique_ptr<MqttTransaction> MqttParser::make_transaction(Direction direction) {
  auto transaction = std::make_unique<MqttTransaction>();
  transaction->direction = direction;
  transaction->version = version_;
  transaction->options = &options_;
  return transaction;
}

MqttTransaction& MqttParser::add(std::unique_ptr<MqttTransaction> transaction) {
  if (transactions_.size() >= options_.max_transactions) {
    for (Transaction* oldest : transactions_) {
      if (oldest->progress[0] >= kComplete) continue;
      static_cast<MqttTransaction*>(oldest)->raise(Event::kTooManyTransactions);
      complete(*oldest);
      break;
    }
  }
  // Looked at by rules in the direction of its first message only.
  const std::size_t other = index_of(opposite(transaction->direction));
  transaction->inspected[other] = true;
  transaction->skip_inspection[other] = true;
  for (std::size_t d = 0; d < ended_.size(); ++d) {
    if (ended_[d]) transaction->progress[d] = kComplete;
  }
  return keep(std::move(transaction), time_);
}

ParseStatus MqttParser::give_up(Direction direction) {
  failed_ = true;
  MqttTransaction& transaction = add(make_transaction(direction));
  transaction.raise(Event::kMalformedTraffic);
  for (Transaction* each : transactions_) complete(*each);
  return ParseStatus::kMalformed;
}

ParseStatus MqttParser::gap(const AppInput& input, std::size_t missing) {
  Side& side = sides_[index_of(input.direction)];
  if (failed_ || missing > side.skip) {
    failed_ = true;
    for (Transaction* each : transactions_) complete(*each);
    return ParseStatus::kMalformed;
  }
  side.skip -= static_cast<std::uint32_t>(missing);
  return ParseStatus::kDone;
}

void MqttParser::finish(Direction direction) {
  ended_[index_of(direction)] = true;
  ExchangeParser::finish(direction);
}

bool MqttParser::recycle() {
  for (Side& side : sides_) {
    side.held.clear();
    side.skip = 0;
  }
  ended_ = {};
  version_ = 0;
  connect_seen_ = connected_ = failed_ = false;
  return true;
}

}  // namespace culvert::mqtt
