// HttpParser: where messages begin, their first lines and heads.
#include <algorithm>

#include "protocols/http/http_framing.h"
#include "protocols/http/http_parser.h"
#include "protocols/http/http_start_line.h"
#include "protocols/http/http_text.h"

namespace culvert::http1 {
namespace {

constexpr std::uint8_t kMostInterim = 64;  ///< 100 Continue; one more is taken for the response
/// White space that may follow a request of HTTP/0.9 in the same bytes.
constexpr std::size_t kMost09Blanks = 16;

}  // namespace

bool HttpParser::begin_message(Input& in) {
  const bool begun = in.direction == Direction::kToServer ? begin_request(in) : begin_response(in);
  if (!begun) return false;
  Side& side = *in.side;
  if (frames_ != nullptr) {
    const bool is_request = in.direction == Direction::kToServer;
    side.frame = frames_->add(is_request ? kRequestFrame : kResponseFrame, in.end - in.rest.size(),
                              Frame::kOpen, side.tx->id);
  }
  if (side.state != State::kLine) return true;
  side.cutter = LineCutter(in.direction);
  return true;
}

bool HttpParser::begin_request(Input& in) {
  Side& side = *in.side;
  side.tx = new_transaction(in.time);
  if (side.tx == nullptr) return false;
  if (sides_[index_of(Direction::kToClient)].ended) {
    advance(*side.tx, Direction::kToClient, kResponseComplete);
  }
  advance(*side.tx, in.direction, kRequestLine);
  side.state = State::kLine;
  return true;
}

bool HttpParser::begin_response(Input& in) {
  Side& side = *in.side;
  side.tx = next_without_response();
  if (side.tx == nullptr) {
    side.tx = new_transaction(in.time);
    if (side.tx == nullptr) return false;
    side.tx->has_response_only = true;
    side.tx->raise(Event::kUnableToMatchResponseToRequest);
    side.tx->raw_uri = side.tx->uri = "/libhtp::request_uri_not_seen";
    side.tx->request.body_complete = true;
    advance(*side.tx, Direction::kToServer, kRequestComplete);
  }
  side.tx->last_seen = in.time;
  advance(*side.tx, in.direction, kResponseLine);
  side.state = State::kLine;
  return true;
}

bool HttpParser::on_line(Input& in) {
  Side& side = *in.side;
  const std::string_view text = text_of(in);
  const std::size_t blank = std::min(text.find_first_not_of("\r\n"), text.size());
  if (blank != 0) {
    // Line ends before the start line.
    side.cutter = LineCutter(in.direction);
    consume(in, blank);
    return true;
  }
  if (in.direction == Direction::kToClient &&
      (side.tx->is_09 || (!looks_like_status_line(text) && !may_become_status_line(text)))) {
    return end_status_line(in, {});
  }
  std::string_view line;
  const LineStatus status = side.cutter.next(text, false, line);
  if (status == LineStatus::kMore) {
    if (text.size() > options_->meta_field_limit) return too_long(in);
    hold(in);
    return true;
  }
  if (line.size() > options_->meta_field_limit) return too_long(in);
  const std::size_t size = side.cutter.position();
  line = side.tx->arena.copy(line);
  consume(in, size);
  return in.direction == Direction::kToServer ? end_request_line(in, line)
                                              : end_status_line(in, line);
}

bool HttpParser::end_request_line(Input& in, std::string_view line) {
  Side& side = *in.side;
  HttpTransaction& tx = *side.tx;
  parse_request_line(line, tx);
  advance(tx, in.direction, kRequestHeaders);
  side.cutter = LineCutter(in.direction);
  side.lines = 0;
  side.state = State::kHead;
  if (!tx.is_09) return true;
  // Nothing follows, or not much: a request of HTTP/0.9. Else the protocol was left out.
  tx.is_09 = in.rest.size() <= kMost09Blanks && trim(as_text(in.rest)).empty();
  if (!tx.is_09) {
    tx.raise(Event::kRequestLineMissingProtocol);
    return true;
  }
  tx.request.raw_headers = line.substr(line.size());
  in.rest = {};
  side.message_end = in.end;
  complete(side, in.direction);
  side.state = State::kIgnore;
  return true;
}

/// `line` is null when what comes is no status line.
bool HttpParser::end_status_line(Input& in, std::string_view line) {
  Side& side = *in.side;
  HttpTransaction& tx = *side.tx;
  if (line.data() == nullptr) {
    // An answer of HTTP/0.9, or something like it: all body.
    const std::string_view text =
        side.held.empty() ? as_text(in.rest) : std::string_view(side.held);
    tx.response.body_kind = BodyKind::kUntilClose;
    begin_body(in);
    tx.response.message_bytes += text.size();
    add_body(tx, in.direction, as_bytes(text));
    consume(in, text.size());
    return true;
  }
  parse_status_line(line, tx);
  advance(tx, in.direction, kResponseHeaders);
  side.cutter = LineCutter(in.direction);
  side.lines = 0;
  side.state = State::kHead;
  return true;
}

bool HttpParser::on_head(Input& in) {
  Side& side = *in.side;
  const std::size_t held = side.held.size();
  const std::string_view text = text_of(in);
  std::string_view line;
  LineStatus status = LineStatus::kLine;
  // As in the reference, `meta-field-limit` is for what has to be kept: fields that come in pieces.
  for (bool in_pieces = side.cutter.position() < held;
       (status = side.cutter.next(text, false, line)) == LineStatus::kLine;
       in_pieces = side.cutter.position() < held) {
    ++side.lines;
    if (line.size() > (in_pieces ? options_->meta_field_limit : kMaxFieldBytes)) {
      return too_long(in);
    }
  }
  const std::size_t position = side.cutter.position();
  if (status == LineStatus::kMore) {
    if (text.size() - position > options_->meta_field_limit || text.size() > kMaxHeadBytes) {
      return too_long(in);
    }
    hold(in);
    return true;
  }
  const std::string_view block = side.tx->arena.copy(text.substr(0, position));
  consume(in, position);
  return end_head(in, block);
}

/// `block` is in the transaction's arena.
bool HttpParser::end_head(Input& in, std::string_view block) {
  HttpTransaction& tx = *in.side->tx;
  Message& message = tx.message(in.direction);
  message.raw_headers = block;
  message.has_nul = block.find('\0') != std::string_view::npos;
  if (!parse_fields(in.direction, block, options_->headers_limit, tx, message.headers))
    return false;
  return in.direction == Direction::kToServer ? end_request_head(in) : end_response_head(in);
}

bool HttpParser::end_request_head(Input& in) {
  HttpTransaction& tx = *in.side->tx;
  if (!settle_request(in.flow->server_port(), tx)) return false;
  if (tx.is_connect && tx.progress[index_of(Direction::kToClient)] < kResponseComplete) {
    in.side->message_end = in.end - in.rest.size();
    complete(*in.side, in.direction);
    tx.progress[index_of(in.direction)] = kRequestBody;  // until the answer
    in.side->state = State::kTunnel;
  } else {
    begin_body(in);
  }
  return true;
}

bool HttpParser::end_response_head(Input& in) {
  Side& side = *in.side;
  HttpTransaction& tx = *side.tx;
  Message& response = tx.response;
  if (tx.status == 100 && tx.interim_responses < kMostInterim &&
      response.headers.find(Field::kContentLength) == nullptr &&
      response.headers.find(Field::kTransferEncoding) == nullptr) {
    // The answer proper is still to come.
    if (tx.interim_responses++ != 0) tx.raise(Event::k100ContinueAlreadySeen);
    response.headers.clear();
    response.raw_headers = response.line = response.protocol = {};
    tx.status_text = tx.reason = {};
    tx.status = 0;
    side.cutter = LineCutter(in.direction);
    side.state = State::kLine;
    tx.progress[index_of(in.direction)] = kResponseLine;
    return true;
  }
  settle_response(tx);
  if (tx.is_connect && tx.status >= 200 && tx.status < 300 &&
      response.body_kind == BodyKind::kUntilClose) {
    response.body_kind = BodyKind::kNone;
  }
  begin_body(in);
  return true;
}

/// After a gap: the next bytes that begin like a message.
void HttpParser::find_message(Input& in) {
  const std::string_view text = as_text(in.rest);
  const bool found = in.direction == Direction::kToServer
                         ? has_known_method(text.substr(0, text.find('\n')))
                         : looks_like_status_line(text);
  if (found) {
    in.side->state = State::kIdle;
    in.side->tx = nullptr;
  } else {
    in.rest = {};
  }
}

}  // namespace culvert::http1
