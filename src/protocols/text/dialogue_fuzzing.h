// For fuzz targets of protocols: any bytes as what both ends say to a parser, and all that the
// application layer, rules and outputs would then ask of it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "app/app_parser.h"
#include "app/frame.h"
#include "app/protocol_spec.h"
#include "base/byte_cursor.h"
#include "event/json_writer.h"
#include "files/file_tracker.h"
#include "net/ip.h"

namespace culvert {

/// What one end says next.
struct FuzzPiece {
  Direction direction;
  bool is_gap;       ///< `wanted` bytes are missing
  bool is_answered;  ///< what is complete by now is let go
  std::size_t wanted;
  Bytes bytes;  ///< at most `wanted`
};

/// Takes a piece off the input: two bytes of head, then its bytes. Of the first, bit 0 is the
/// direction (1: to the client), bit 1 a gap, bit 2 lets transactions go; the other bits and the
/// second byte are the size less one. Nothing: there is no more. `scripts/fuzz-seeds` writes the
/// same.
inline std::optional<FuzzPiece> take_fuzz_piece(Bytes& input) {
  if (input.size() <= 2) return std::nullopt;
  const auto head = std::to_integer<std::size_t>(input[0]);
  const std::size_t wanted = (head >> 3) * 256 + std::to_integer<std::size_t>(input[1]) + 1;
  input = input.subspan(2);
  FuzzPiece piece{.direction = (head & 1) != 0 ? Direction::kToClient : Direction::kToServer,
                  .is_gap = (head & 2) != 0,
                  .is_answered = (head & 4) != 0,
                  .wanted = wanted,
                  .bytes = {}};
  if (!piece.is_gap) {
    piece.bytes = input.first(std::min(wanted, input.size()));
    input = input.subspan(piece.bytes.size());
  }
  return piece;
}

/// A parser in the place that the application layer gives it.
class FuzzDialogue {
 public:
  FuzzDialogue(AppParser& parser, const ProtocolSpec& spec, bool is_stream)
      : parser_(parser), spec_(spec), is_stream_(is_stream) {
    flow_.key.ip_proto = is_stream ? ip_proto::kTcp : ip_proto::kUdp;
    parser_.use({.files = &files_}, flow_);
  }

  void run(Bytes input) {
    bool goes_on = true;
    while (goes_on) {
      const auto piece = take_fuzz_piece(input);
      if (!piece) break;
      goes_on = step(*piece);
    }
    if (goes_on) {
      for (const Direction each : {Direction::kToServer, Direction::kToClient})
        parser_.finish(each);
    }
    let_go(0);
  }

 private:
  /// More wait than any option of a parser lets wait.
  static constexpr std::size_t kMostWaiting = 64;
  static constexpr unsigned kMostInstances = 64;

  /// Whether the parser is to have more.
  bool step(const FuzzPiece& piece) {
    const std::size_t d = index_of(piece.direction);
    AppInput input{.flow = flow_,
                   .direction = piece.direction,
                   .bytes = piece.bytes,
                   .time = {},
                   .stream_offset = is_stream_ ? offsets_[d] : 0,
                   .frames = &frames_[d]};
    ParseStatus status = ParseStatus::kDone;
    if (piece.is_gap) {
      if (!is_stream_) return true;
      offsets_[d] += piece.wanted;
      skip_[d] -= std::min<std::uint64_t>(skip_[d], piece.wanted);
      status = parser_.gap(input, piece.wanted);
    } else {
      const std::size_t skipped = std::min<std::uint64_t>(skip_[d], piece.bytes.size());
      skip_[d] -= skipped;
      input.bytes = input.bytes.subspan(skipped);
      input.stream_offset += is_stream_ ? skipped : 0;
      offsets_[d] += piece.bytes.size();
      if (!is_stream_) frames_[d].clear();
      if (!input.bytes.empty()) status = parser_.feed(input);
      check_frames(is_stream_ ? offsets_[d] : piece.bytes.size(), frames_[d]);
    }
    if (status == ParseStatus::kMalformed) return false;
    if (parser_.wishes.unconsumed > piece.bytes.size()) __builtin_trap();
    if (is_stream_) skip_[d] += parser_.wishes.skip_bytes;
    parser_.wishes.skip_bytes = 0;
    if (piece.is_answered) let_go(kMostWaiting / 16);
    if (parser_.transactions().size() > kMostWaiting) let_go(kMostWaiting);
    return parser_.wishes.change_to == AppProto::kUnknown && !parser_.wishes.detect_again &&
           !parser_.wishes.no_reassembly;
  }

  void check_frames(std::uint64_t seen, FrameList& list) {
    for (const Frame& frame : list.frames()) {
      if (frame.begin > seen || (!frame.is_open() && frame.end() < frame.begin)) __builtin_trap();
    }
    list.settle({.limit = seen, .edge = seen, .is_inline = false, .has_ended = false});
  }

  void let_go(std::size_t most) {
    while (parser_.transactions().size() > most) {
      Transaction* const transaction = parser_.transactions().front();
      files_.finish(transaction->files);
      look_at(*transaction);
      files_.release(transaction->files);
      parser_.free_transaction(transaction);
    }
  }

  void look_at(const Transaction& transaction) {
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      for (const BufferSpec& buffer : spec_.buffers) read(buffer, transaction, direction);
    }
    JsonWriter json;
    json.begin_object();
    for (const EveLogger& logger : spec_.loggers) log(logger, transaction, json);
    if (spec_.write_alert_metadata != nullptr) {
      spec_.write_alert_metadata(flow_, transaction, json);
    }
    if (spec_.write_alert_bodies != nullptr) {
      spec_.write_alert_bodies(flow_, transaction, true, true, json);
    }
    json.end_object();
    if (spec_.header_of != nullptr) (void)spec_.header_of(transaction, "X-Forwarded-For");
  }

  void read(const BufferSpec& buffer, const Transaction& transaction, Direction direction) {
    const BufferSide& side =
        direction == Direction::kToServer ? buffer.to_server : buffer.to_client;
    if (!side.exists || transaction.progress[index_of(direction)] < side.progress) return;
    if (buffer.get == nullptr) return;
    const unsigned most = buffer.multi_instance ? kMostInstances : 1;
    for (unsigned i = 0; i < most; ++i) {
      BufferExtent extent;
      const auto bytes = buffer.get({.flow = flow_,
                                     .transaction = transaction,
                                     .direction = direction,
                                     .instance = i,
                                     .scratch = scratch_,
                                     .extent = &extent});
      if (!bytes && !extent.not_yet) break;
      // They are there: ASan says so.
      if (bytes) {
        for (const std::byte each : *bytes) sum_ = sum_ + std::to_integer<unsigned>(each);
      }
    }
  }

  void log(const EveLogger& logger, const Transaction& transaction, JsonWriter& json) {
    Complaints complaints;
    const auto options =
        logger.parse_options == nullptr ? nullptr : logger.parse_options(nullptr, complaints);
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      if (logger.write != nullptr) {
        (void)logger.write(flow_, transaction, direction, options.get(), json);
      }
      if (logger.write_nth == nullptr) continue;
      for (unsigned n = 0; n < kMostInstances &&
                           logger.write_nth(flow_, transaction, direction, options.get(), n, json);
           ++n) {
      }
    }
  }

  AppParser& parser_;
  const ProtocolSpec& spec_;
  const bool is_stream_;
  Flow flow_;
  /// One for all inputs: to make its memory takes longer than most of them.
  static inline FileTracker files_{{.memory = 1u << 20,
                                    .needs = {FileNeed::kTrack, FileNeed::kContent, FileNeed::kMd5},
                                    .ranges = {}}};
  std::array<FrameList, 2> frames_;
  std::array<std::uint64_t, 2> offsets_{}, skip_{};
  BufferScratch scratch_;
  volatile unsigned sum_ = 0;
};

inline void fuzz_stream(AppParser& parser, const ProtocolSpec& spec, Bytes input) {
  FuzzDialogue(parser, spec, true).run(input);
}
inline void fuzz_datagrams(AppParser& parser, const ProtocolSpec& spec, Bytes input) {
  FuzzDialogue(parser, spec, false).run(input);
}

}  // namespace culvert
