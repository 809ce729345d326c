#include "protocols/http/http_parser.h"

#include <algorithm>

#include "app/app_session.h"
#include "protocols/http/http_chunked.h"
#include "protocols/http/http_files.h"
#include "protocols/http/http_framing.h"
#include "protocols/http/http_start_line.h"
#include "protocols/http/http_text.h"
#include "protocols/http2/http2_upgrade.h"

namespace culvert::http1 {
namespace {

constexpr std::uint8_t kMostInterim = 64;     ///< 100 Continue; one more is taken for the response
constexpr std::size_t kKeptHeldBytes = 4096;  ///< and what it keeps of held memory
constexpr std::uint64_t kMaxRequestChunk = 0x7fffffff;
/// White space that may follow a request of HTTP/0.9 in the same bytes.
constexpr std::size_t kMost09Blanks = 16;
/// What is kept of a body of unlimited size beyond what rules need.
constexpr std::uint64_t kWindowSlack = 64 * 1024;

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

/// Of the body. As in the reference, a name with zero bytes in it counts as the name without them.
std::string_view coding_of(const Message& message) {
  constexpr std::string_view kName = "Content-Encoding";
  if (const Header* const header = message.headers.find(Field::kContentEncoding)) {
    return header->value;
  }
  for (const Header& header : message.headers) {
    std::size_t at = 0;  // what of the name has been found
    for (const char c : header.name) {
      if (c == '\0') continue;
      if (at >= kName.size() || !equal_nocase({&c, 1}, kName.substr(at, 1))) {
        at = kName.npos;
        break;
      }
      ++at;
    }
    if (at == kName.size()) return header.value;
  }
  return {};
}

/// To one that is parsed here too.
bool switches_protocol(const HttpTransaction& tx) {
  const std::string_view upgrade = tx.response.value_of(Field::kUpgrade);
  return tx.status == 101 &&
         (contains_nocase(upgrade, "websocket") || contains_nocase(upgrade, "h2c"));
}

/// Whether rules on the raw stream shall look at a body, which has grown from `before` to `now`
/// bytes, before a chunk has come together. As in the reference: from where the body's own rules
/// begin to look, until three times what they see at once; past `limit` it stays as it was there.
bool wants_stream_rules(const BodyOptions& options, std::uint64_t before, std::uint64_t now) {
  if (options.limit != 0) {
    before = std::min<std::uint64_t>(before, options.limit);
    now = std::min<std::uint64_t>(now, options.limit);
  }
  const std::uint64_t most = std::max(options.minimal_inspect_size, options.inspect_window);
  return now > options.minimal_inspect_size && before <= 3 * most;
}

}  // namespace

/// Where the decoder puts a body.
class HttpParser::Taker final : public BodySink {
 public:
  Taker(HttpTransaction& tx, Direction direction, FileTracker* files, const Flow* flow)
      : tx_(tx), direction_(direction), files_(files), flow_(flow) {}

  bool on_body(Bytes bytes) override {
    Message& message = tx_.message(direction_);
    const BodyOptions& options = tx_.body_options(direction_);
    const std::uint64_t before = message.entity_bytes;
    message.entity_bytes += bytes.size();
    if (files_ != nullptr) add_to_files(tx_, direction_, bytes, *files_, flow_);
    Bytes kept = bytes;
    if (options.limit != 0) {
      const std::uint64_t room = before < options.limit ? options.limit - before : 0;
      if (kept.size() > room) {
        kept = kept.first(static_cast<std::size_t>(room));
        message.body_over_limit = true;
      }
    }
    if (!kept.empty()) {
      message.body.append(kept);
      trim(message.body, options);
    }
    return !message.body_over_limit ||
           (files_ != nullptr && files_need_more(tx_, direction_, *files_));
  }
  void on_event(Event event) override { tx_.raise(event); }

 private:
  /// Forgets what rules have seen but for the window they are promised; and what nobody asks for.
  static void trim(BodyWindow& body, const BodyOptions& options) {
    if (body.inspected() > options.inspect_window) {
      body.forget_before(body.inspected() - options.inspect_window);
    }
    const std::uint64_t most =
        std::max<std::uint64_t>(options.limit, options.minimal_inspect_size) +
        options.inspect_window + kWindowSlack;
    if (body.end() - body.begin() > 2 * most) body.forget_before(body.end() - most);
  }

  HttpTransaction& tx_;
  const Direction direction_;
  FileTracker* const files_;  ///< null: nobody wants files
  const Flow* const flow_;
};

/// The request becomes the first stream of HTTP/2: pseudo header fields, then its own but those
/// that were about the upgrade (RFC 7540 section 3.2).
void HttpParser::note_upgrade(const HttpTransaction& tx) {
  auto upgrade = std::make_unique<http2::Upgrade>();
  upgrade->fields.emplace_back(":method", tx.method);
  upgrade->fields.emplace_back(":path", tx.raw_uri);
  upgrade->fields.emplace_back(":authority", tx.request.value_of(Field::kHost));
  for (const Header& header : tx.request.headers) {
    if (equal_nocase(header.name, "Host") || equal_nocase(header.name, "HTTP2-Settings")) continue;
    upgrade->fields.emplace_back(header.name, header.value);
  }
  upgrade->settings = tx.request.value_of("HTTP2-Settings");
  handover_ = std::move(upgrade);
}

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
    if (side.state != State::kIdle && side.state != State::kTunnel && side.state != State::kIgnore) {
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

// --------------------------------------------------------------------------------------- bodies

void HttpParser::begin_body(Input& in) {
  Side& side = *in.side;
  const Direction direction = in.direction;
  HttpTransaction& tx = *side.tx;
  Message& message = tx.message(direction);
  advance(
      tx, direction,
      direction == Direction::kToServer ? std::uint8_t{kRequestBody} : std::uint8_t{kResponseBody});
  if (message.body_kind != BodyKind::kNone) {
    Taker taker(tx, direction, files(), flow());
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
  Taker taker(tx, direction, files(), flow());
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
  Taker taker(tx, direction, files(), flow());
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

// --------------------------------------------------------------------------------- ends of things

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
      note_upgrade(tx);
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
