#include "protocols/rfb/rfb_parser.h"

#include <algorithm>

#include "base/byte_cursor.h"

namespace culvert::rfb {
namespace {

constexpr std::size_t kVersionSize = 12, kChallengeSize = 16;
constexpr std::size_t kMostText = 4096;
constexpr std::size_t kMostHeld = 8192;
constexpr std::uint32_t kNoSecurity = 1, kVncSecurity = 2;

bool is_digit(std::byte byte) { return byte >= std::byte{'0'} && byte <= std::byte{'9'}; }

}  // namespace

Direction RfbParser::sender_in(State state) {
  switch (state) {
    case State::kClientVersion:
    case State::kSecurityChoice:
    case State::kResponse:
    case State::kClientInit:
      return Direction::kToServer;
    default:
      return Direction::kToClient;
  }
}

ParseStatus RfbParser::feed(const AppInput& input) {
  if (!begun_) {
    begun_ = true;
    tx_ = &keep(std::make_unique<RfbTransaction>(), input.time);
  }
  if (state_ == State::kDone || tx_ == nullptr) return ParseStatus::kDone;
  tx_->last_seen = input.time;
  std::vector<std::byte>& held = held_[index_of(input.direction)];
  Bytes rest = input.bytes;
  if (!held.empty()) {
    held.insert(held.end(), rest.begin(), rest.end());
    rest = held;
  }
  while (!rest.empty() && state_ != State::kDone) {
    if (sender_in(state_) != input.direction) return give_up(Event::kConfusedState);
    const State before = state_;
    const Step taken = step(rest);
    if (taken.status == Step::Status::kMalformed) return give_up(Event::kMalformedMessage);
    if (taken.status == Step::Status::kNeedMore) break;
    if (state_ == before) break;  // given up, with an event
    if (input.frames != nullptr) {
      input.frames->add(kPduFrame, input.offset_of(rest), taken.used, tx_->id);
    }
    rest = rest.subspan(taken.used);
    tx_->updated[0] = tx_->updated[1] = true;
  }
  if (state_ == State::kDone) rest = {};
  std::vector<std::byte> left(rest.begin(), rest.end());
  held.swap(left);
  if (held.size() > kMostHeld) return give_up(Event::kTooLongString);
  return held.empty() ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

RfbParser::Step RfbParser::step(Bytes bytes) {
  using Status = Step::Status;
  ByteCursor in(bytes);
  const auto done = [&](std::size_t used) { return Step{Status::kOk, used}; };
  const Step more{Status::kNeedMore};
  switch (state_) {
    case State::kServerVersion:
      return read_version(bytes, Direction::kToClient);
    case State::kClientVersion:
      return read_version(bytes, Direction::kToServer);
    case State::kSecurityType: {
      const std::uint32_t type = in.u32();
      if (!in.ok()) return more;
      tx_->security_type = type;
      if (type == 0) {
        state_ = State::kFailureReason;
      } else {
        choose(type);
      }
      return done(4);
    }
    case State::kSecurityTypes: {
      const std::size_t count = in.u8();
      in.skip(count);
      if (!in.ok()) return more;
      state_ = count == 0 ? State::kFailureReason : State::kSecurityChoice;
      return done(1 + count);
    }
    case State::kSecurityChoice: {
      const std::uint8_t type = in.u8();
      tx_->security_type = type;
      choose(type);
      return done(1);
    }
    case State::kChallenge:
    case State::kResponse: {
      const Bytes field = in.take(kChallengeSize);
      if (!in.ok()) return more;
      const bool is_challenge = state_ == State::kChallenge;
      (is_challenge ? tx_->challenge : tx_->response) = tx_->arena.copy(field);
      state_ = is_challenge ? State::kResponse : State::kResult;
      return done(kChallengeSize);
    }
    case State::kResult: {
      const std::uint32_t result = in.u32();
      if (!in.ok()) return more;
      if (result == 0) {
        tx_->security_result = result;
        state_ = State::kClientInit;
      } else if (result == 1) {
        state_ = minor_ == 8 ? State::kFailureReason : State::kDone;
      } else {
        raise(Event::kUnknownSecurityResult);
        tx_->progress = {kComplete, kComplete};
        state_ = State::kDone;
      }
      return done(4);
    }
    case State::kFailureReason:
      return read_reason(bytes);
    case State::kClientInit:
      tx_->is_shared = in.u8() != 0;
      state_ = State::kServerInit;
      return done(1);
    case State::kServerInit:
      return read_server_init(bytes);
    case State::kDone:
      break;
  }
  return done(bytes.size());
}

/// After the type is known: what comes next.
void RfbParser::choose(std::uint32_t type) {
  if (type == kVncSecurity) {
    state_ = State::kChallenge;
  } else if (type == kNoSecurity) {
    state_ = minor_ == 8 ? State::kResult : State::kClientInit;
  } else {
    raise(Event::kUnimplementedSecurityType);
    state_ = State::kDone;
  }
}

/// "RFB 003.008\n". The client's version is the one that both then speak.
RfbParser::Step RfbParser::read_version(Bytes bytes, Direction sender) {
  if (bytes.size() < kVersionSize) return {Step::Status::kNeedMore};
  const std::string_view text = as_text(bytes.first(kVersionSize));
  const Bytes digits = bytes.subspan(4, 7);
  const bool good = text.starts_with("RFB ") && text.ends_with("\n") && text[7] == '.' &&
                    std::all_of(digits.begin(), digits.begin() + 3, is_digit) &&
                    std::all_of(digits.begin() + 4, digits.end(), is_digit);
  if (!good) return {Step::Status::kMalformed};
  tx_->versions[index_of(sender)] = tx_->arena.copy(text.substr(4, 7));
  if (sender == Direction::kToClient) {
    state_ = State::kClientVersion;
    return {Step::Status::kOk, kVersionSize};
  }
  const std::string_view minor = text.substr(8, 3);
  minor_ = minor == "003" ? 3 : minor == "007" ? 7 : minor == "008" ? 8 : 0;
  if (minor_ == 0) return {Step::Status::kMalformed};
  state_ = minor_ == 3 ? State::kSecurityType : State::kSecurityTypes;
  return {Step::Status::kOk, kVersionSize};
}

RfbParser::Step RfbParser::read_reason(Bytes bytes) {
  ByteCursor in(bytes);
  const std::size_t size = in.u32();
  if (!in.ok()) return {Step::Status::kNeedMore};
  if (size > kMostText) {
    raise(Event::kTooLongString);
    state_ = State::kDone;
    return {Step::Status::kOk, bytes.size()};
  }
  const Bytes text = in.take(size);
  if (!in.ok()) return {Step::Status::kNeedMore};
  tx_->failure_reason = tx_->arena.copy(as_text(text));
  state_ = State::kDone;
  return {Step::Status::kOk, 4 + size};
}

RfbParser::Step RfbParser::read_server_init(Bytes bytes) {
  ByteCursor in(bytes);
  Screen screen;
  screen.width = in.u16();
  screen.height = in.u16();
  screen.bits_per_pixel = in.u8();
  screen.depth = in.u8();
  screen.big_endian = in.u8() != 0;
  screen.true_color = in.u8() != 0;
  screen.red_max = in.u16();
  screen.green_max = in.u16();
  screen.blue_max = in.u16();
  screen.red_shift = in.u8();
  screen.green_shift = in.u8();
  screen.blue_shift = in.u8();
  in.skip(3);
  const std::size_t size = in.u32();
  if (!in.ok()) return {Step::Status::kNeedMore};
  if (size > kMostText) {
    raise(Event::kTooLongString);
  } else {
    const Bytes name = in.take(size);
    if (!in.ok()) return {Step::Status::kNeedMore};
    screen.name = tx_->arena.copy(as_text(name));
  }
  tx_->screen = screen;
  tx_->progress = {kComplete, kComplete};
  state_ = State::kDone;
  return {Step::Status::kOk, bytes.size()};
}

void RfbParser::raise(Event event) {
  tx_->raise_anew(event);
  tx_->updated[0] = tx_->updated[1] = true;
}

ParseStatus RfbParser::give_up(Event event) {
  raise(event);
  tx_->progress = {kComplete, kComplete};
  state_ = State::kDone;
  for (auto& held : held_) std::vector<std::byte>().swap(held);
  return ParseStatus::kDone;
}

/// What is behind the handshake may be missing; within it nothing can be made of the rest.
ParseStatus RfbParser::gap(const AppInput& /*input*/, std::size_t /*missing*/) {
  if (tx_ == nullptr || state_ == State::kDone) return ParseStatus::kDone;
  tx_->progress = {kComplete, kComplete};
  state_ = State::kDone;
  return ParseStatus::kMalformed;
}

void RfbParser::free_transaction(Transaction* transaction) {
  tx_ = nullptr;
  ExchangeParser::free_transaction(transaction);
}

}  // namespace culvert::rfb
