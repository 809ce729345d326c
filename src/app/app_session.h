// What the application layer keeps for a flow.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "app/app_config.h"
#include "app/app_event.h"
#include "app/app_parser.h"
#include "app/app_proto.h"
#include "app/frame.h"
#include "packet/packet.h"

namespace culvert {

/// Made by the worker's AppLayer from its pool with the flow's first payload; read by detection and
/// loggers. All UDP flows in which nothing was recognised share a few, as there is nothing to tell
/// of one that is not true of the others.
class AppSession {
 public:
  /// Of the flow: what its parser speaks. kFailed when it was not recognised.
  AppProto proto() const { return proto_; }
  /// What the bytes of one direction look like; differs from proto() in odd traffic only.
  AppProto proto(Direction direction) const { return by_direction_[index_of(direction)]; }
  /// Before a change (STARTTLS); else kUnknown.
  AppProto original() const { return original_; }
  /// What was announced to come; else kUnknown.
  AppProto expected() const { return expected_; }

  /// Null: nothing recognised (yet), or a protocol without a parser.
  const ProtocolSpec* spec() const { return protocol_ == nullptr ? nullptr : protocol_->spec; }
  /// Null: there is none, or it holds nothing at the moment. It stays after an error, with the
  /// transactions it has.
  AppParser* parser() const { return parser_.get(); }
  std::span<Transaction* const> transactions() const {
    if (parser_ == nullptr) return {};
    return parser_->transactions();
  }
  /// Transactions of the flow so far, freed ones as well (EVE `flow.tx_cnt`).
  std::uint64_t transaction_count() const {
    return past_transactions_ + (parser_ == nullptr ? 0 : parser_->transaction_count());
  }

  /// The parser gave up; nothing more is parsed.
  bool has_error() const { return has_error_; }
  /// No more bytes will come in that direction.
  bool ended(Direction direction) const { return ended_[index_of(direction)]; }
  /// The parser wants the rest of the flow to be bypassed.
  bool wants_bypass() const { return wants_bypass_; }
  /// Once: no more bytes will be looked at, so that what the flow holds is to be inspected now.
  bool take_flush() { return std::exchange(flush_, false); }
  /// Once, after a flush: payload from here on is not to be inspected.
  bool take_payload_end() { return std::exchange(closes_payload_, false); }
  /// The parser said that what follows is encrypted: rules see of the payload what came before.
  bool payload_ended() const { return payload_ended_; }
  /// Frames of a direction that have not been looked at whole; null: nobody wants any.
  FrameList* frames(Direction direction) const {
    return frames_ == nullptr ? nullptr : &frames_->lists[index_of(direction)];
  }
  /// All that protocol detection complained of, and what no anomaly record tells of yet.
  AppEventSet events() const { return events_; }
  AppEventSet& unlogged_events() { return unlogged_events_; }

 private:
  friend class AppLayer;

  const AppConfig::Protocol* protocol_ = nullptr;
  std::unique_ptr<AppParser> parser_;
  std::unique_ptr<FlowFrames> frames_;
  std::unique_ptr<AppParser::Handover> handover_;  ///< of the parser before, for the next
  std::uint64_t past_transactions_ = 0;            ///< of parsers that were taken away
  std::uint64_t first_id_ = 0;  ///< how many of those there were before the protocol changed
  AppProto proto_ = AppProto::kUnknown;
  AppProto original_ = AppProto::kUnknown;
  AppProto expected_ = AppProto::kUnknown;
  std::array<AppProto, 2> by_direction_{};
  std::array<bool, 2> decided_{};   ///< protocol detection is through with that direction
  std::array<bool, 2> has_held_{};  ///< the stream holds bytes of it that nobody took
  std::array<bool, 2> has_data_{};  ///< bytes of it have been seen
  std::array<bool, 2> ended_{};
  std::array<bool, 2> told_end_{};  ///< the parser knows of it; so has the one after it to
  std::array<bool, 2> ends_late_{};  ///< of which the parser is told with the flow's end
  Direction first_data_ = Direction::kToServer;
  bool is_over_ = false;  ///< nothing more is detected or parsed
  bool has_error_ = false;
  bool wants_bypass_ = false;
  bool flush_ = false;
  bool closes_payload_ = false;
  bool payload_ended_ = false;
  bool is_shared_ = false;       ///< of all flows like it: not to be written to
  bool asked_expected_ = false;  ///< whether another flow had announced it
  bool changes_ = false;         ///< the next bytes are of another protocol
  AppEventSet events_;
  AppEventSet unlogged_events_;
};

}  // namespace culvert
