// DNS over TCP, RFC 1035 section 4.2.2.
#pragma once

#include <cstddef>
#include <vector>

#include "app/app_parser.h"
#include "base/byte_cursor.h"
#include "base/bytes.h"
#include "protocols/dns/dns_message.h"

namespace culvert::dns {

/// Cuts a DNS-over-TCP stream into messages (16-bit length, message). Any split of the stream gives
/// the same messages; one that arrives whole is not copied.
class Framer {
 public:
  /// Feeds the next in-order bytes; on_message(Bytes) gets each message, valid during the call. A
  /// message too short to be one ends it.
  template <class OnMessage>
  ParseStatus feed(Bytes chunk, OnMessage&& on_message) {
    while (state_ != State::kFailed && held_.size() + chunk.size() >= wanted_) {
      Bytes field = chunk.first(wanted_ - held_.size());
      chunk = chunk.subspan(field.size());
      if (!held_.empty()) field = hold(field);
      switch (state_) {
        case State::kLength:
          wanted_ = ByteCursor(field).u16();
          state_ = wanted_ < kHeaderSize ? State::kFailed : State::kMessage;
          break;
        case State::kMessage:
          left_ = chunk.size();
          on_message(field);
          wanted_ = kLengthSize;
          state_ = State::kLength;
          break;
        case State::kFailed:
          break;
      }
      held_.clear();
    }
    if (state_ == State::kFailed) return ParseStatus::kMalformed;
    hold(chunk);
    return is_between() ? ParseStatus::kDone : ParseStatus::kNeedMore;
  }

  /// Nothing is held, and the next byte begins a message.
  bool is_between() const { return state_ == State::kLength && held_.empty(); }
  /// While on_message runs: bytes behind the message.
  std::size_t left() const { return left_; }
  /// Begins anew: the next byte is the first of a message.
  void reset() {
    state_ = State::kLength;
    wanted_ = kLengthSize;
    held_.clear();
  }

 private:
  enum class State { kLength, kMessage, kFailed };
  static constexpr std::size_t kLengthSize = 2;

  Bytes hold(Bytes bytes) {
    held_.insert(held_.end(), bytes.begin(), bytes.end());
    return held_;
  }

  State state_ = State::kLength;
  std::size_t wanted_ = kLengthSize;  ///< size of the field being read, at most 65535
  std::size_t left_ = 0;
  std::vector<std::byte> held_;       ///< front of a field cut in two
};

}  // namespace culvert::dns
