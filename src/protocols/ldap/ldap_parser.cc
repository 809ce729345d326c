#include "protocols/ldap/ldap_parser.h"

#include <algorithm>

#include "protocols/asn1/ber_reader.h"

namespace culvert::ldap {
namespace {

constexpr std::string_view kStartTls = "1.3.6.1.4.1.1466.20037";  // RFC 4511 section 4.14

}  // namespace

ParseStatus LdapParser::feed(const AppInput& input) {
  time_ = input.time;
  std::size_t used = 0;
  if (!is_stream_) {
    if (!take_messages(input, input.bytes, used)) complain();
    return ParseStatus::kDone;
  }
  std::vector<std::byte>& held = held_[index_of(input.direction)];
  Bytes bytes = input.bytes;
  if (!held.empty()) {
    held.insert(held.end(), bytes.begin(), bytes.end());
    bytes = held;
    const BerSize size = ber_size(bytes);
    if (size.status == BerSize::Status::kNeedMore ||
        (size.status == BerSize::Status::kOk && size.size <= kMostMessageBytes &&
         size.size > bytes.size())) {
      return ParseStatus::kNeedMore;
    }
  }
  if (!take_messages(input, bytes, used)) {
    complain();
    for (auto& each : held_) std::vector<std::byte>().swap(each);
    return ParseStatus::kMalformed;
  }
  const Bytes rest = bytes.subspan(used);
  std::vector<std::byte> left(rest.begin(), rest.end());
  held.swap(left);
  return held.empty() ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

bool LdapParser::take_messages(const AppInput& input, Bytes bytes, std::size_t& used) {
  const Direction direction = input.direction;
  // `bytes` end where the input does.
  const std::uint64_t offset = input.stream_offset + input.bytes.size() - bytes.size();
  FrameList* const frames = input.frames;
  while (used < bytes.size()) {
    const Bytes rest = bytes.subspan(used);
    const BerSize size = ber_size(rest);
    if (size.status == BerSize::Status::kNeedMore) return is_stream_;
    if (size.status == BerSize::Status::kMalformed || size.size > kMostMessageBytes) return false;
    if (size.size > rest.size()) return is_stream_;
    const auto message = Message::parse(rest.first(static_cast<std::size_t>(size.size)));
    if (!message) return false;
    LdapTransaction* const tx =
        direction == Direction::kToServer ? on_request(*message) : on_response(*message);
    if (frames != nullptr) {
      // Frames count transactions from 1, as in the reference.
      frames->add(kPduFrame, offset + used, size.size, tx == nullptr ? Frame::kNoTransaction : tx->id + 1);
    }
    used += static_cast<std::size_t>(size.size);
  }
  return true;
}

LdapTransaction* LdapParser::on_request(const Message& message) {
  LdapTransaction* const tx =
      begin<LdapTransaction>(kMostTransactions, Event::kTooManyTransactions);
  if (tx == nullptr) return nullptr;
  tx->request = message;
  tx->request->body = tx->arena.copy(message.body);
  if (ends_transaction(message.operation)) tx->progress = {kComplete, kComplete};
  if (message.extended_name() == kStartTls) starts_tls_ = true;
  return tx;
}

LdapTransaction* LdapParser::on_response(const Message& message) {
  LdapTransaction* tx = find(message.id);
  const bool is_unsolicited = message.id == 0 && message.operation == Operation::kExtendedResponse;
  if (tx == nullptr) {
    tx = begin<LdapTransaction>(kMostTransactions, Event::kTooManyTransactions);
    if (tx == nullptr) return nullptr;
    if (!is_unsolicited) tx->raise(Event::kRequestNotFound);
    tx->progress = {kComplete, kComplete};
  }
  keep(*tx, message);
  tx->last_seen = time_;
  tx->updated[0] = tx->updated[1] = true;
  if (!ends_transaction(message.operation)) return tx;
  tx->progress = {kComplete, kComplete};
  if (!starts_tls_ || !tx->request || tx->request->extended_name() != kStartTls) return tx;
  starts_tls_ = false;
  const auto result = message.result();
  if (is_stream_ && result && result->code == 0) wishes.change_to = AppProto::kTls;
  return tx;
}

void LdapParser::keep(LdapTransaction& tx, const Message& message) {
  if (tx.responses.size() >= kMostResponses ||
      tx.kept_bytes + message.body.size() > kMostKeptBytes) {
    tx.raise(Event::kTooManyResponses);
    return;
  }
  tx.kept_bytes += message.body.size();
  Message kept = message;
  kept.body = tx.arena.copy(message.body);
  tx.responses.push_back(kept);
}

LdapTransaction* LdapParser::find(std::uint32_t id) {
  for (Transaction* transaction : transactions_) {
    auto* const tx = static_cast<LdapTransaction*>(transaction);
    const bool is_open = tx->progress[index_of(Direction::kToClient)] != kComplete;
    if (is_open && tx->request && tx->request->id == id) return tx;
  }
  return nullptr;
}

void LdapParser::complain() {
  if (transactions_.empty()) return;
  transactions_.back()->raise(Event::kInvalidData);
}

}  // namespace culvert::ldap
