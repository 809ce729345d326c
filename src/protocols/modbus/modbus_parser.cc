#include "protocols/modbus/modbus_parser.h"

#include <algorithm>
#include <cstddef>

namespace culvert::modbus {
namespace {

constexpr std::size_t kToServer = index_of(Direction::kToServer);
constexpr std::size_t kToClient = index_of(Direction::kToClient);

}  // namespace

ParseStatus ModbusParser::feed(const AppInput& input) {
  time_ = input.time;
  HeldFront& held = held_[index_of(input.direction)];
  Bytes rest = input.bytes;
  while (!rest.empty()) {
    const bool is_whole = held.empty() && rest.size() >= kHeaderSize;
    if (!is_whole && !held.fill(rest, kHeaderSize)) break;
    const auto header = Header::parse(is_whole ? rest : held.bytes());
    if (!header) break;
    if (!header->has_good_length()) {
      take(input, *header, {});
      if (is_whole) rest = rest.subspan(kHeaderSize);
      // With a length of nothing the next header may follow; else what came along is lost.
      if (header->length < kLeastLength) {
        rest = rest.subspan(std::min<std::size_t>(header->length, rest.size()));
      } else {
        rest = {};
      }
      held.clear();
      continue;
    }
    const std::size_t size = kHeaderSize + header->length;
    if (is_whole && rest.size() >= size) {
      take(input, *header, rest.subspan(kHeaderSize, header->length));
      rest = rest.subspan(size);
      continue;
    }
    if (!held.fill(rest, size)) break;
    take(input, *header, held.bytes().subspan(kHeaderSize));
    held.clear();
  }
  return held.empty() ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

void ModbusParser::take(const AppInput& input, const Header& header, Bytes body) {
  if (input.direction == Direction::kToServer) {
    take_request(header, body);
  } else {
    take_response(header, body);
  }
}

void ModbusParser::take_request(const Header& header, Bytes body) {
  const auto is_waiting = [](const Transaction* tx) { return tx->progress[kToClient] == 0; };
  const auto waiting = std::ranges::count_if(transactions_, is_waiting);
  const bool is_too_many = static_cast<std::size_t>(waiting) >= options_.request_flood;
  if (is_too_many && is_flooded_) return;
  is_flooded_ = is_too_many;
  ModbusTransaction* const late = find_response(header.transaction);
  ModbusTransaction& tx = late != nullptr ? *late : begin();
  if (is_too_many) tx.raise(Event::kFlooded);
  tx.request = body.empty() ? header_alone(header) : parse_request(header, body, tx.arena);
  const std::uint8_t mistakes = tx.request->mistakes;
  if ((mistakes & kLength) != 0) tx.raise(Event::kInvalidLength);
  if ((mistakes & kValue) != 0) tx.raise(Event::kInvalidValue);
  if ((mistakes & kFunctionCode) != 0) tx.raise(Event::kInvalidFunctionCode);
  if ((mistakes & kProtocolId) != 0) tx.raise(Event::kInvalidProtocolId);
}

void ModbusParser::take_response(const Header& header, Bytes body) {
  // Parsed into the arena of the transaction that it is found to belong to, so twice.
  Arena scratch{0};
  const Message front = body.empty() ? header_alone(header)
                                     : parse_response(header, body.first(kLeastLength), scratch);
  ModbusTransaction* const found = body.empty() ? nullptr : find(front);
  if (found == nullptr && transactions_.size() >= 2 * std::size_t{options_.request_flood}) return;
  ModbusTransaction& tx = found != nullptr ? *found : begin();
  if (found == nullptr) tx.raise(Event::kUnsolicitedResponse);
  tx.response = body.empty() ? header_alone(header) : parse_response(header, body, tx.arena);
  Message& response = *tx.response;
  if (tx.request && !fits(*tx.request, response)) response.mistakes |= kValue;
  if ((response.mistakes & (kLength | kValue)) != 0) tx.raise(Event::kValueMismatch);
  if ((response.mistakes & kExceptionCode) != 0) tx.raise(Event::kInvalidExceptionCode);
  if ((response.mistakes & kFunctionCode) != 0) tx.raise(Event::kInvalidFunctionCode);
  if ((response.mistakes & kProtocolId) != 0) tx.raise(Event::kInvalidProtocolId);
  complete(tx);
  tx.last_seen = time_;
}

ModbusTransaction& ModbusParser::begin() {
  auto& tx = keep(std::make_unique<ModbusTransaction>(), time_);
  tx.progress[kToServer] = kComplete;
  return tx;
}

ModbusTransaction* ModbusParser::find(const Message& response) {
  for (auto at = transactions_.rbegin(); at != transactions_.rend(); ++at) {
    auto& tx = static_cast<ModbusTransaction&>(**at);
    if (!tx.request || tx.response) continue;
    if (tx.request->transaction == response.transaction && tx.request->unit == response.unit &&
        tx.request->function() == response.function()) {
      return &tx;
    }
  }
  return nullptr;
}

ModbusTransaction* ModbusParser::find_response(std::uint16_t transaction) {
  for (Transaction* const each : transactions_) {
    auto& tx = static_cast<ModbusTransaction&>(*each);
    if (!tx.request && tx.response && tx.response->transaction == transaction) return &tx;
  }
  return nullptr;
}

}  // namespace culvert::modbus
