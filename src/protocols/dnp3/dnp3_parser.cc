#include "protocols/dnp3/dnp3_parser.h"

#include <memory>

#include "base/byte_cursor.h"

namespace culvert::dnp3 {
namespace {

constexpr std::uint8_t kFinal = 0x80, kFirst = 0x40, kSequence = 0x3f;
/// Transport, control and function; a response has indications as well.
constexpr std::size_t kLeastRequest = 3, kLeastResponse = 5;

}  // namespace

ParseStatus Dnp3Parser::feed(const AppInput& input) {
  LinkReader& reader = sides_[index_of(input.direction)].reader;
  Bytes rest = input.bytes;
  while (const auto frame = reader.next(rest)) take_frame(*frame, input);
  if (reader.is_lost()) return ParseStatus::kMalformed;
  return reader.is_in_frame() ? ParseStatus::kNeedMore : ParseStatus::kDone;
}

void Dnp3Parser::take_frame(const LinkFrame& frame, const AppInput& input) {
  switch (frame.fault) {
    case LinkFrame::Fault::kNone:
      if (frame.carries_user_data()) take_segment(frame, input);
      return;
    case LinkFrame::Fault::kTooShort:
      return complain(Event::kLenTooSmall, input);
    case LinkFrame::Fault::kBadHeaderCrc:
      return complain(Event::kBadLinkCrc, input);
    case LinkFrame::Fault::kBadDataCrc:
      return complain(Event::kBadTransportCrc, input);
  }
}

void Dnp3Parser::take_segment(const LinkFrame& frame, const AppInput& input) {
  if (frame.user_data.size() < kLeastRequest) return complain(Event::kLenTooSmall, input);
  ByteCursor in(frame.user_data);
  const std::uint8_t transport = in.u8();
  const std::uint8_t sequence = transport & kSequence;
  const bool is_final = (transport & kFinal) != 0;
  Side& side = sides_[index_of(input.direction)];
  if ((transport & kFirst) == 0) {
    if (side.open == nullptr || sequence != ((side.sequence + 1) & kSequence)) return;
    if (side.segments.size() + in.size() > kMostMessage) {
      side.open->raise(Event::kTooLongReassembly);
      finish(*side.open, {});
      side.open = nullptr;
      return;
    }
    side.sequence = sequence;
    side.segments.insert(side.segments.end(), in.rest().begin(), in.rest().end());
    if (!is_final) return;
    finish(*side.open, side.segments);
    side.open = nullptr;
    return;
  }
  const bool is_response = input.direction == Direction::kToClient;
  if (is_response && frame.user_data.size() < kLeastResponse) {
    return complain(Event::kLenTooSmall, input);
  }
  if (!is_response && std::to_integer<std::uint8_t>(frame.user_data[2]) == kConfirm) return;
  Dnp3Transaction* const tx = begin(input);
  if (tx == nullptr) return;
  tx->has_message = true;
  tx->link = frame;
  tx->link.user_data = {};
  tx->transport = transport;
  ByteCursor front(in.rest());
  tx->control = front.u8();
  tx->function = front.u8();
  if (is_response) tx->indications = front.u16();
  if (is_final) return finish(*tx, in.rest());
  tx->progress[index_of(input.direction)] = 0;
  side.open = tx;
  side.sequence = sequence;
  side.segments.assign(in.rest().begin(), in.rest().end());
}

void Dnp3Parser::finish(Dnp3Transaction& tx, Bytes message) {
  const std::size_t side = index_of(tx.direction);
  tx.is_reassembled = true;
  tx.progress[side] = kComplete;
  tx.updated[side] = true;
  if (message.empty()) return;  // there was too much of it
  tx.data = tx.arena.copy(message);
  ByteCursor in(tx.data);
  in.skip(tx.is_response() ? kLeastResponse - 1 : kLeastRequest - 1);
  tx.objects.parse(in.rest(), options_.objects);
  switch (tx.objects.fault) {
    case ObjectList::Fault::kNone:
      break;
    case ObjectList::Fault::kUnknown:
      tx.raise(Event::kUnknownObject);
      break;
    case ObjectList::Fault::kTooManyPoints:
      tx.raise(Event::kTooManyPoints);
      break;
    case ObjectList::Fault::kTooManyObjects:
      tx.raise(Event::kTooManyObjects);
      break;
  }
}

Dnp3Transaction* Dnp3Parser::begin(const AppInput& input) {
  if (transactions_.size() >= options_.max_transactions) {
    if (!transactions_.empty()) transactions_.back()->raise(Event::kFlooded);
    return nullptr;
  }
  return &add(std::make_unique<Dnp3Transaction>(), input);
}

void Dnp3Parser::complain(Event event, const AppInput& input) {
  Dnp3Transaction* const open = sides_[index_of(input.direction)].open;
  Dnp3Transaction* const tx = open != nullptr ? open : begin(input);
  if (tx == nullptr) return;
  tx->raise(event);
  tx->updated[index_of(input.direction)] = true;
}

void Dnp3Parser::free_transaction(Transaction* transaction) {
  for (Side& side : sides_) {
    if (side.open == transaction) side.open = nullptr;
  }
  MessageParser::free_transaction(transaction);
}

}  // namespace culvert::dnp3
