#include "protocols/krb5/krb5_parser.h"

#include <algorithm>
#include <memory>

#include "base/byte_cursor.h"
#include "protocols/asn1/ber_reader.h"

namespace culvert::krb5 {
namespace {

constexpr std::size_t kLengthSize = 4;

std::uint32_t length_of(Bytes front) { return ByteCursor(front).u32(); }

}  // namespace

ParseStatus Krb5Parser::feed(const AppInput& input) {
  if (!is_stream_) {
    take_message(input.bytes, input);
    return ParseStatus::kDone;
  }
  Side& side = sides_[index_of(input.direction)];
  Bytes rest = input.bytes;
  while (!rest.empty()) {
    if (side.skip > 0) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(side.skip, rest.size()));
      side.skip -= size;
      rest = rest.subspan(size);
      continue;
    }
    if (!side.held.fill(rest, kLengthSize)) break;
    const std::size_t length = length_of(side.held.bytes());
    if (length > kMostMessageBytes) {
      complain();
      side.skip = length;
      side.held.clear();
      continue;
    }
    if (side.held.size() == kLengthSize && rest.size() >= length) {  // nothing to put together
      take_message(rest.first(length), input);
      rest = rest.subspan(length);
    } else {
      if (!side.held.fill(rest, kLengthSize + length)) break;
      take_message(side.held.bytes().subspan(kLengthSize), input);
    }
    side.held.clear();
  }
  const bool is_between = side.held.empty() && side.skip == 0;
  return is_between ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

void Krb5Parser::take_message(Bytes bytes, const AppInput& input) {
  if (bytes.empty() || is_full()) return;
  const BerSize size = ber_size(bytes);
  if (size.status != BerSize::Status::kOk || size.size > bytes.size()) return complain();
  const auto parsed = Message::parse(bytes);
  if (!parsed) return;
  auto tx = std::make_unique<Krb5Transaction>();
  // Once more, of what stays.
  tx->message = *Message::parse(tx->arena.copy(bytes));
  const Message& message = tx->message;
  if (message.type == MessageType::kAsReq || message.type == MessageType::kTgsReq) {
    last_request_ = message.type;
  }
  if (message.type == MessageType::kError) tx->failed_request = last_request_;
  if (message.encryption && is_weak(*message.encryption)) tx->raise(Event::kWeakEncryption);
  add(std::move(tx), input);
}

void Krb5Parser::complain() {
  if (transactions_.empty()) return;
  transactions_.back()->raise(Event::kMalformedData);
}

ParseStatus Krb5Parser::gap(const AppInput& input, std::size_t missing) {
  Side& side = sides_[index_of(input.direction)];
  if (!side.held.empty() || missing > side.skip) return ParseStatus::kMalformed;
  side.skip -= missing;
  return ParseStatus::kDone;
}

bool Krb5Parser::recycle() {
  sides_ = {};
  last_request_.reset();
  return true;
}

}  // namespace culvert::krb5
