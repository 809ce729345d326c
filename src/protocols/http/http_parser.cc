#include "protocols/http/http_parser.h"

#include <algorithm>

#include "app/app_session.h"
#include "protocols/http/http_files.h"
#include "protocols/http/http_start_line.h"
#include "protocols/http/http_text.h"
#include "protocols/http/http_upgrade.h"

namespace culvert::http1 {
namespace {

constexpr std::size_t kKeptHeldBytes =
    4096;  ///< what a parser keeps of held memory for later flows

constexpr std::uint8_t complete_of(Direction d) {
  return d == Direction::kToServer ? std::uint8_t{kRequestComplete}
                                   : std::uint8_t{kResponseComplete};
}

/// Whether the flow's protocol has changed (STARTTLS) and only one side is known to speak this one:
/// the reference refuses to change again then.
bool is_changing(const Flow& flow) {
  const AppSession* const session = flow.app;
  return session != nullptr && session->original() != AppProto::kUnknown &&
         (session->proto(Direction::kToServer) == AppProto::kUnknown ||
          session->proto(Direction::kToClient) == AppProto::kUnknown);
}

}  // namespace

// ------------------------------------------------------------------------------- transactions

void HttpParser::settle_options(const Flow& flow) {
  if (options_ == nullptr) options_ = &context_.options_of(flow.server());
}

HttpTransaction* HttpParser::new_transaction(Timestamp time) {
  if (transactions_.size() >= options_->max_tx) {
    static_cast<HttpTransaction*>(transactions_.back())->raise(Event::kTooManyWarnings);
    return nullptr;
  }
  HttpTransaction& tx = keep(pool_.take(*options_), time);
  tx.options = options_;  // those of one that was used are of another flow
  return &tx;
}

HttpTransaction* HttpParser::next_without_response() {
  for (Transaction* transaction : transactions_) {
    if (transaction->progress[index_of(Direction::kToClient)] < kResponseComplete) {
      return static_cast<HttpTransaction*>(transaction);
    }
  }
  return nullptr;
}

void HttpParser::free_transaction(Transaction* transaction) {
  if (!take_out(transaction)) return;
  for (Side& side : sides_) {
    if (side.tx != transaction) continue;
    // Whoever was in the midst of a message of it finds the next one again.
    side.tx = nullptr;
    if (side.state != State::kIdle && side.state != State::kTunnel &&
        side.state != State::kIgnore) {
      side.state = State::kLost;
    }
  }
  pool_.give(std::unique_ptr<HttpTransaction>(static_cast<HttpTransaction*>(transaction)));
}

bool HttpParser::is_idle() const {
  if (failed_ || budget_.bombs != 0 || !transactions_.empty()) return false;
  return std::ranges::all_of(
      sides_, [](const Side& side) { return side.state == State::kIdle && side.held.empty(); });
}

bool HttpParser::recycle() {
  for (const Direction d : {Direction::kToServer, Direction::kToClient}) {
    Side& side = sides_[index_of(d)];
    std::string memory = std::move(side.held);
    side = Side(d);
    memory.clear();
    if (memory.capacity() <= kKeptHeldBytes) side.held = std::move(memory);
  }
  options_ = nullptr;
  budget_ = {};
  failed_ = false;
  next_transaction_id_ = 0;
  return true;
}

void HttpParser::advance(HttpTransaction& tx, Direction direction, std::uint8_t progress) {
  std::uint8_t& now = tx.progress[index_of(direction)];
  now = std::max(now, progress);
  tx.updated[index_of(direction)] = true;
}

// -------------------------------------------------------------------------- what the layer calls

ParseStatus HttpParser::feed(const AppInput& input) {
  if (failed_) return ParseStatus::kMalformed;
  settle_options(input.flow);
  Side& side = sides_[index_of(input.direction)];
  if (side.tx != nullptr) {
    side.tx->last_seen = input.time;
    side.tx->updated[index_of(input.direction)] = true;
    side.tx->message(input.direction).body.begin_round();
  }
  frames_ = input.frames;
  may_change_ = !is_changing(input.flow);
  stream_is_due_ = false;
  Input in{input.direction, input.bytes, &input.flow,
           input.time,      &side,       input.stream_offset + input.bytes.size()};
  while (!in.rest.empty()) {
    if (!step(in)) return fail();
  }
  const bool between = side.state == State::kIdle || side.state == State::kTunnel ||
                       side.state == State::kIgnore || side.state == State::kAfter;
  return between || stream_is_due_ ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

/// Nothing more can be told; what there is is complete.
ParseStatus HttpParser::fail() {
  failed_ = true;
  for (Transaction* transaction : transactions_) {
    for (const Direction d : {Direction::kToServer, Direction::kToClient}) {
      advance(static_cast<HttpTransaction&>(*transaction), d, complete_of(d));
    }
  }
  return ParseStatus::kMalformed;
}

ParseStatus HttpParser::gap(const AppInput& input, std::size_t missing) {
  if (failed_) return ParseStatus::kMalformed;
  frames_ = nullptr;  // where a message ends is not known any more
  settle_options(input.flow);
  Side& side = sides_[index_of(input.direction)];
  HttpTransaction* const tx = side.tx;
  switch (side.state) {
    case State::kLength:
    case State::kChunkData:
    case State::kUntilClose: {
      Message& message = tx->message(input.direction);
      message.body_has_gap = true;
      message.stream_at = BufferExtent::kNowhere;
      if (files() != nullptr)
        note_gap_in_files(*tx, input.direction, missing, *files(), &input.flow);
      if (side.state == State::kUntilClose) break;
      message.message_bytes += std::min<std::uint64_t>(missing, side.left);
      if (missing < side.left) {
        side.left -= missing;
        break;
      }
      const bool exact = missing == side.left;
      side.left = 0;
      if (side.state == State::kChunkData && exact) {
        side.state = State::kChunkEnd;
        break;
      }
      if (!exact) tx->raise(Event::kInvalidGap);
      complete(side, input.direction);
      if (!exact) side.state = State::kLost;
      break;
    }
    case State::kTunnel:
    case State::kIgnore:
    case State::kLost:
      break;
    case State::kIdle:
      if (!transactions_.empty()) {
        static_cast<HttpTransaction*>(transactions_.back())->raise(Event::kInvalidGap);
      }
      side.state = State::kLost;
      break;
    case State::kLine:
    case State::kHead:
      // What is there is put together: a line or field with a hole beats none.
      tx->raise(Event::kInvalidGap);
      break;
    case State::kAfter:
    case State::kChunkSize:
    case State::kChunkEnd:
    case State::kTrailer:
      tx->raise(Event::kInvalidGap);
      tx->message(input.direction).body_has_gap = true;
      side.held.clear();
      complete(side, input.direction);
      side.state = State::kLost;
      break;
  }
  return ParseStatus::kNeedMore;
}

void HttpParser::finish(Direction direction) {
  frames_ = nullptr;  // what has no end yet has the stream's
  Side& side = sides_[index_of(direction)];
  if (side.ended || failed_) return;
  side.ended = true;
  if (side.tx != nullptr && side.state != State::kIdle) {
    finish_message(side, direction);
    complete(side, direction);
  }
  side.state = State::kIdle;
  side.tx = nullptr;
  side.held.clear();
  for (Transaction* transaction : transactions_) {
    advance(static_cast<HttpTransaction&>(*transaction), direction, complete_of(direction));
  }
}

/// What is there of a message that will not go on.
void HttpParser::finish_message(Side& side, Direction direction) {
  HttpTransaction& tx = *side.tx;
  Message& message = tx.message(direction);
  switch (side.state) {
    case State::kLine: {
      if (side.held.empty()) break;
      const std::string_view line = tx.arena.copy(trim_back(side.held));
      if (direction == Direction::kToServer) {
        parse_request_line(line, tx);
      } else if (looks_like_status_line(line)) {
        parse_status_line(line, tx);
      } else {
        message.message_bytes += side.held.size();
        add_body(tx, direction, as_bytes(side.held));
      }
      break;
    }
    case State::kHead:
      // Whole lines count, a piece of one does not.
      message.raw_headers =
          tx.arena.copy(std::string_view(side.held).substr(0, side.cutter.position()));
      (void)parse_fields(direction, message.raw_headers, options_->headers_limit, tx,
                         message.headers);
      break;
    case State::kTrailer:
      message.raw_trailers = tx.arena.copy(std::string_view(side.held));
      (void)parse_fields(direction, message.raw_trailers, options_->headers_limit, tx,
                         message.trailers);
      break;
    case State::kAfter:
      message.message_bytes += side.held.size();
      add_body(tx, direction, as_bytes(side.held));
      break;
    default:
      break;
  }
}

// ------------------------------------------------------------------------------- lines and heads

std::string_view HttpParser::text_of(Input& in) {
  if (in.side->held.empty()) return as_text(in.rest);
  in.side->held.append(as_text(in.rest));
  return in.side->held;
}

/// The first `size` bytes of text_of() are done with. REQUIRES: what was held before is among them.
void HttpParser::consume(Input& in, std::size_t size) {
  std::string& held = in.side->held;
  const std::size_t all = held.empty() ? in.rest.size() : held.size();
  in.rest = in.rest.last(std::min(all - size, in.rest.size()));
  held.clear();
}

/// All of text_of() waits for more.
void HttpParser::hold(Input& in) {
  std::string& held = in.side->held;
  if (held.empty()) held.assign(as_text(in.rest));
  in.rest = {};
}

bool HttpParser::too_long(Input& in) {
  in.side->tx->raise(in.direction == Direction::kToServer ? Event::kRequestFieldTooLong
                                                          : Event::kResponseFieldTooLong);
  return false;
}

bool HttpParser::step(Input& in) {
  switch (in.side->state) {
    case State::kIdle:
      return begin_message(in);
    case State::kLine:
      return on_line(in);
    case State::kHead:
      return on_head(in);
    case State::kLength:
    case State::kChunkData:
    case State::kUntilClose:
      on_body_bytes(in);
      return true;
    case State::kChunkSize:
      return on_chunk_size(in);
    case State::kChunkEnd:
      on_chunk_end(in);
      return true;
    case State::kTrailer:
      return on_trailer(in);
    case State::kAfter:
      on_after(in);
      return true;
    case State::kIgnore:
      in.rest = {};
      return true;
    case State::kTunnel:
      if (wishes.change_to != AppProto::kUnknown) wishes.unconsumed = in.rest.size();
      in.rest = {};
      return true;
    case State::kLost:
      find_message(in);
      return true;
  }
  return true;
}

void HttpParser::complete(Side& side, Direction direction) {
  HttpTransaction& tx = *side.tx;
  end_body(tx, direction);
  if (frames_ != nullptr) frames_->close(side.frame, side.message_end);
  side.frame = 0;
  advance(tx, direction, complete_of(direction));
  side.state = State::kIdle;
  side.tx = nullptr;
  side.left = 0;
  if (direction == Direction::kToClient) on_response_complete(tx);
}

void HttpParser::on_response_complete(HttpTransaction& tx) {
  Side& client = sides_[index_of(Direction::kToServer)];
  Side& server = sides_[index_of(Direction::kToClient)];
  const std::string_view upgrade = tx.response.value_of(Field::kUpgrade);
  if (tx.is_connect) advance(tx, Direction::kToServer, kRequestComplete);
  if (tx.is_connect && tx.status >= 200 && tx.status < 300) {
    tx.is_tunnel = true;
    wishes.detect_again = true;
  } else if (tx.status == 101 && contains_nocase(upgrade, "websocket")) {
    tx.is_tunnel = true;
    wishes.change_to = AppProto::kWebsocket;
  } else if (tx.status == 101 && contains_nocase(upgrade, "h2c")) {
    tx.is_tunnel = true;
    if (may_change_) {
      wishes.change_to = AppProto::kHttp2;
      handover_ = make_upgrade(tx);
    } else {
      tx.raise(Event::kFailedProtocolChange);
    }
  } else if (tx.status == 101) {
    tx.is_tunnel = true;
  } else if (client.state == State::kTunnel) {
    // Refused: what the client says from now on is the next request.
    client.state = State::kIdle;
    client.held.clear();
    if (tx.is_connect && tx.request.version == Version::k11 &&
        tx.request.headers.find(Field::kHost) == nullptr) {
      tx.raise(Event::kMissingHostHeader);
    }
  }
  if (tx.is_tunnel) client.state = server.state = State::kTunnel;
}

}  // namespace culvert::http1
