#include "protocols/enip/enip_parser.h"

#include <algorithm>

namespace culvert::enip {
namespace {

constexpr std::size_t kToClient = index_of(Direction::kToClient);

bool belongs(const Message& request, const Message& response) {
  const Header &asked = request.header, &said = response.header;
  if (asked.command != said.command) return false;
  if (asked.command != kRegisterSession && asked.session != said.session) return false;
  return request.cip.has_value() == response.cip.has_value() &&
         request.sequence == response.sequence;
}

}  // namespace

ParseStatus EnipParser::feed(const AppInput& input) {
  time_ = input.time;
  if (!is_stream_) {
    const auto header = Header::parse(input.bytes);
    if (!header) return ParseStatus::kMalformed;
    const Bytes data = input.bytes.subspan(Header::kSize);
    take(*header, data.first(std::min<std::size_t>(data.size(), header->length)), input.direction);
    return ParseStatus::kDone;
  }
  HeldFront& held = held_[index_of(input.direction)];
  Bytes rest = input.bytes;
  while (!rest.empty()) {
    const bool has_header = held.empty() && rest.size() >= Header::kSize;
    if (!has_header && !held.fill(rest, Header::kSize)) break;
    const auto header = Header::parse(has_header ? rest : held.bytes());
    if (!header) break;
    const std::size_t size = Header::kSize + header->length;
    if (has_header && rest.size() >= size) {
      take(*header, rest.subspan(Header::kSize, header->length), input.direction);
      rest = rest.subspan(size);
      continue;
    }
    if (!held.fill(rest, size)) break;
    take(*header, held.bytes().subspan(Header::kSize), input.direction);
    held.clear();
  }
  return held.empty() ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

void EnipParser::take(const Header& header, Bytes data, Direction direction) {
  const bool is_response = direction == Direction::kToClient;
  EnipTransaction* tx = nullptr;
  if (is_response) {
    // Into an arena that goes with it: whose it is shows behind it only.
    Arena scratch{256};
    tx = find(Message::parse(header, data, true, scratch));
  }
  if (tx == nullptr) {
    tx = begin<EnipTransaction>(options_.max_transactions, Event::kTooManyTransactions);
  }
  if (tx == nullptr) return;
  Message message = Message::parse(header, data, is_response, tx->arena);
  if (message.is_invalid) tx->raise(Event::kInvalidPdu);
  if (is_response) {
    tx->response = std::move(message);
    complete(*tx);
    tx->last_seen = time_;
  } else {
    tx->request = std::move(message);
  }
}

EnipTransaction* EnipParser::find(const Message& response) {
  for (Transaction* const each : transactions_) {
    auto& tx = static_cast<EnipTransaction&>(*each);
    if (!tx.request || tx.progress[kToClient] == kComplete) continue;
    if (belongs(*tx.request, response)) return &tx;
    tx.progress[kToClient] = kComplete;
    tx.updated[kToClient] = true;
  }
  return nullptr;
}

}  // namespace culvert::enip
