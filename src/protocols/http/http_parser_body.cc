// HttpParser: bodies in their framings, and what comes behind them.
#include <algorithm>

#include "protocols/http/body_taker.h"
#include "protocols/http/http_chunked.h"
#include "protocols/http/http_files.h"
#include "protocols/http/http_parser.h"
#include "protocols/http/http_start_line.h"
#include "protocols/http/http_text.h"
#include "protocols/http/http_upgrade.h"

namespace culvert::http1 {
namespace {

constexpr std::uint64_t kMaxRequestChunk = 0x7fffffff;

}  // namespace

void HttpParser::begin_body(Input& in) {
  Side& side = *in.side;
  const Direction direction = in.direction;
  HttpTransaction& tx = *side.tx;
  Message& message = tx.message(direction);
  advance(
      tx, direction,
      direction == Direction::kToServer ? std::uint8_t{kRequestBody} : std::uint8_t{kResponseBody});
  if (message.body_kind != BodyKind::kNone) {
    BodyTaker taker(tx, direction, files(), flow());
    message.decoder.start(*options_, coding_of(message), budget_, taker);
  }
  switch (message.body_kind) {
    case BodyKind::kNone:
      end_message(in);
      break;
    case BodyKind::kLength:
      side.left = message.content_length;
      side.state = State::kLength;
      if (side.left == 0) end_message(in);
      break;
    case BodyKind::kChunked:
      side.state = State::kChunkSize;
      break;
    case BodyKind::kUntilClose:
      side.state = State::kUntilClose;
      break;
  }
}

void HttpParser::add_body(HttpTransaction& tx, Direction direction, Bytes bytes,
                          std::uint64_t stream_at) {
  BodyTaker taker(tx, direction, files(), flow());
  Message& message = tx.message(direction);
  const std::uint64_t before = message.entity_bytes;
  if (before == 0 && message.decoder.is_identity() && !message.body_has_gap) {
    message.stream_at = stream_at;
  } else if (message.stream_at != BufferExtent::kNowhere &&
             message.stream_at + before != stream_at) {
    message.stream_at = BufferExtent::kNowhere;
  }
  tx.updated[index_of(direction)] = true;
  if (message.decoder.is_identity() || message.body_complete) {
    taker.on_body(bytes);
  } else {
    message.decoder.feed(bytes, taker);
  }
  if (wants_stream_rules(tx.body_options(direction), before, message.entity_bytes)) {
    stream_is_due_ = true;
  }
}

void HttpParser::end_body(HttpTransaction& tx, Direction direction) {
  Message& message = tx.message(direction);
  if (message.body_complete) return;
  BodyTaker taker(tx, direction, files(), flow());
  if (message.body_kind != BodyKind::kNone) message.decoder.finish(taker);
  message.body_complete = true;
  if (files() == nullptr) return;
  const Side& side = sides_[index_of(direction)];
  // The last chunk says that it is the last: without one the connection ended too early.
  const bool cut = message.body_kind == BodyKind::kChunked && side.ended;
  const bool whole = side.state == State::kUntilClose || (side.left == 0 && !cut);
  end_files(tx, direction, whole, *files());
}

void HttpParser::on_body_bytes(Input& in) {
  Side& side = *in.side;
  Bytes bytes = in.rest;
  if (side.state != State::kUntilClose) {
    bytes = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(side.left, bytes.size())));
    side.left -= bytes.size();
  }
  const std::uint64_t stream_at = in.end - in.rest.size();
  in.rest = in.rest.subspan(bytes.size());
  side.tx->message(in.direction).message_bytes += bytes.size();
  add_body(*side.tx, in.direction, bytes, stream_at);
  if (side.state == State::kUntilClose || side.left != 0) return;
  if (side.state == State::kChunkData) {
    side.state = State::kChunkEnd;
  } else {
    end_message(in);
  }
}

bool HttpParser::on_chunk_size(Input& in) {
  Side& side = *in.side;
  HttpTransaction& tx = *side.tx;
  Message& message = tx.message(in.direction);
  const bool is_request = in.direction == Direction::kToServer;
  const std::string_view text = text_of(in);
  const ChunkSize chunk = parse_chunk_size(text);
  switch (chunk.kind) {
    case ChunkSize::Kind::kMore:
      hold(in);
      return true;
    case ChunkSize::Kind::kBlank:
      message.message_bytes += chunk.line_size;
      consume(in, chunk.line_size);
      return true;
    case ChunkSize::Kind::kInvalid:
      tx.raise(is_request ? Event::kInvalidRequestChunkLen : Event::kInvalidResponseChunkLen);
      if (is_request) return false;
      // Not chunked after all, as clients see it.
      side.state = State::kUntilClose;
      message.message_bytes += text.size() + chunk.line_size;
      add_body(tx, in.direction, as_bytes(text));
      consume(in, text.size());
      return true;
    case ChunkSize::Kind::kSize:
      break;
  }
  if (chunk.has_extension) {
    tx.raise(is_request ? Event::kRequestChunkExtension : Event::kResponseChunkExtension);
  }
  message.message_bytes += chunk.line_size;
  consume(in, chunk.line_size);
  if (is_request && chunk.size > kMaxRequestChunk) {
    tx.raise(Event::kInvalidRequestChunkLen);
    return false;
  }
  side.left = chunk.size;
  if (chunk.size != 0) {
    side.state = State::kChunkData;
    return true;
  }
  advance(tx, in.direction,
          is_request ? std::uint8_t{kRequestTrailer} : std::uint8_t{kResponseTrailer});
  side.cutter = LineCutter(in.direction);
  side.state = State::kTrailer;
  end_body(tx, in.direction);  // whatever becomes of the trailer
  return true;
}

/// Whatever stands between the data and the end of the line is passed over.
void HttpParser::on_chunk_end(Input& in) {
  const std::string_view text = as_text(in.rest);
  const std::size_t lf = text.find('\n');
  const std::size_t size = lf == std::string_view::npos ? text.size() : lf + 1;
  in.side->tx->message(in.direction).message_bytes += size;
  in.rest = in.rest.subspan(size);
  if (lf != std::string_view::npos) in.side->state = State::kChunkSize;
}

bool HttpParser::on_trailer(Input& in) {
  Side& side = *in.side;
  HttpTransaction& tx = *side.tx;
  Message& message = tx.message(in.direction);
  const std::string_view text = text_of(in);
  std::string_view line;
  LineStatus status = LineStatus::kLine;
  while ((status = side.cutter.next(text, false, line)) == LineStatus::kLine) {
    if (line.size() > kMaxFieldBytes) return too_long(in);
  }
  const std::size_t position = side.cutter.position();
  if (status == LineStatus::kMore) {
    if (text.size() - position > kMaxFieldBytes || text.size() > kMaxHeadBytes) {
      return too_long(in);
    }
    hold(in);
    return true;
  }
  message.raw_trailers = tx.arena.copy(text.substr(0, position));
  consume(in, position);
  if (!parse_fields(in.direction, message.raw_trailers, options_->headers_limit, tx,
                    message.trailers)) {
    return false;
  }
  end_message(in);
  return true;
}

/// All of the message has come, by its own word.
void HttpParser::end_message(Input& in) {
  in.side->message_end = in.end - in.rest.size();
  // What follows an upgrade is of the other protocol.
  const bool upgrades = in.direction == Direction::kToClient && in.side->tx->status == 101;
  if (in.rest.empty() || upgrades) {
    complete(*in.side, in.direction);
  } else {
    in.side->state = State::kAfter;
  }
}

/// What comes in the same bytes as a message's end, line by line: up to one that begins the next
/// message it belongs to the body, whatever was said of that.
void HttpParser::on_after(Input& in) {
  Side& side = *in.side;
  HttpTransaction& tx = *side.tx;
  const bool is_request = in.direction == Direction::kToServer;
  if (!is_request && switches_protocol(tx)) {
    complete(side, in.direction);  // what follows is the next protocol's
    return;
  }
  const std::size_t held = side.held.size();
  const std::string_view text = text_of(in);
  const std::size_t lf = text.find('\n');
  const std::string_view line = text.substr(0, lf);
  if (is_request ? has_known_method(line) : looks_like_status_line(line)) {
    side.held.resize(held);  // the line is read again, as the next message's
    complete(side, in.direction);
    return;
  }
  if (lf == std::string_view::npos) {
    if (text.size() > options_->meta_field_limit) {
      tx.message(in.direction).message_bytes += text.size();
      add_body(tx, in.direction, as_bytes(text));
      consume(in, text.size());
    } else {
      hold(in);
    }
    return;
  }
  if (is_request ? !trim(line).empty() : true) {
    tx.raise(is_request ? Event::kRequestBodyUnexpected : Event::kResponseBodyUnexpected);
  }
  tx.message(in.direction).message_bytes += lf + 1;
  add_body(tx, in.direction, as_bytes(text.substr(0, lf + 1)));
  consume(in, lf + 1);
  side.message_end = in.end - in.rest.size();
  if (in.rest.empty()) complete(side, in.direction);
}

}  // namespace culvert::http1
