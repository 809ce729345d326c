#include "protocols/dns/dns_parser.h"

#include <algorithm>
#include <utility>

#include "base/byte_cursor.h"

namespace culvert::dns {
namespace {

/// As the keyword `config: logging disable` leaves it.
constexpr std::uint64_t kNeverLogged = ~std::uint64_t{0};

/// Opcodes above are not assigned (RFC 8490 has 6 as the last).
constexpr std::uint8_t kLastOpcode = 6;

void find_events(DnsTransaction& transaction) {
  const auto raise = [&](Event event) { transaction.raise(event); };
  const Message& message = transaction.message;
  if (message.header().z()) raise(Event::kZFlagSet);
  if (message.header().opcode() > kLastOpcode) raise(Event::kInvalidOpcode);
  if (message.has_long_name()) raise(Event::kNameTooLong);
  if (message.has_many_labels()) raise(Event::kTooManyLabels);
  if (message.additionals_invalid()) raise(Event::kInvalidAdditionals);
  if (message.authorities_invalid()) raise(Event::kInvalidAuthorities);
}

/// Whether a chunk of a stream begins with a message, as far as can be told from its front.
bool begins_message(Bytes bytes) {
  ByteCursor in(bytes);
  const std::size_t size = in.u16();
  const auto header = parse_header(in.rest());
  return size >= kHeaderSize && header && header->counts[0] <= 1 && header->opcode() <= kLastOpcode;
}

}  // namespace

void DnsParser::free_transaction(Transaction* transaction) {
  if (!take_out(transaction)) return;
  const auto& message = static_cast<const DnsTransaction&>(*transaction);
  if (transaction->logged == kNeverLogged && !message.is_response()) {
    note_unlogged(message.message.header().id);
  }
  pool_.give(std::unique_ptr<DnsTransaction>(static_cast<DnsTransaction*>(transaction)));
}

bool DnsParser::add_message(Bytes bytes, Direction direction, Timestamp time) {
  auto transaction = pool_.take();
  if (transaction->message.parse(bytes) != MessageStatus::kOk) {
    pool_.give(std::move(transaction));
    return false;
  }
  DnsTransaction& added = add(std::move(transaction), direction, time);
  if (added.is_response() && take_unlogged(added.message.header().id)) {
    added.logged = kNeverLogged;
  }
  find_events(added);
  return true;
}

void DnsParser::note_unlogged(std::uint16_t id) {
  if (unlogged_count_ == kMaxUnlogged) {  // the oldest will hardly be answered
    std::ranges::rotate(unlogged_, unlogged_.begin() + 1);
    --unlogged_count_;
  }
  unlogged_[unlogged_count_++] = id;
}

bool DnsParser::take_unlogged(std::uint16_t id) {
  const auto end = unlogged_.begin() + static_cast<std::ptrdiff_t>(unlogged_count_);
  const auto found = std::find(unlogged_.begin(), end, id);
  if (found == end) return false;
  std::copy(found + 1, end, found);
  --unlogged_count_;
  return true;
}

ParseStatus DnsUdpParser::feed(const AppInput& input) {
  if (transactions_.size() >= kMaxTransactions) return ParseStatus::kMalformed;
  const bool added = add_message(input.bytes, input.direction, input.time);
  if (input.frames != nullptr) {
    input.frames->add(kPduFrame, 0, input.bytes.size(),
                      added ? transactions_.back()->id : Frame::kNoTransaction);
  }
  return ParseStatus::kDone;
}

ParseStatus DnsTcpParser::feed(const AppInput& input) {
  const std::size_t d = index_of(input.direction);
  if (after_gap_[d]) {
    if (!begins_message(input.bytes)) return ParseStatus::kNeedMore;
    after_gap_[d] = false;
    framers_[d].reset();
  }
  const ParseStatus status = framers_[d].feed(input.bytes, [&](Bytes message) {
    if (transactions_.size() >= kMaxTransactions) return;
    const bool added = add_message(message, input.direction, input.time);
    if (input.frames == nullptr) return;
    const std::uint64_t end = input.stream_offset + input.bytes.size() - framers_[d].left();
    input.frames->add(kPduFrame, end - message.size(), message.size(),
                      added ? transactions_.back()->id : Frame::kNoTransaction);
  });
  return transactions_.size() < kMaxTransactions ? status : ParseStatus::kMalformed;
}

ParseStatus DnsTcpParser::gap(const AppInput& input, std::size_t /*missing*/) {
  after_gap_[index_of(input.direction)] = true;
  return ParseStatus::kNeedMore;
}

bool DnsTcpParser::is_idle() const {
  return DnsParser::is_idle() && framers_[0].is_between() && framers_[1].is_between() && !after_gap_[0] && !after_gap_[1];
}

bool DnsTcpParser::recycle() {
  for (Framer& framer : framers_) framer.reset();
  after_gap_ = {};
  return DnsParser::recycle();
}

}  // namespace culvert::dns
