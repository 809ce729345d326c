#include "protocols/http2/http2_parser.h"

#include <algorithm>

#include "base/byte_cursor.h"
#include "files/file_tracker.h"
#include "protocols/http/content_range.h"
#include "protocols/http2/base64url.h"
#include "protocols/http2/http2_upgrade.h"

namespace culvert::http2 {
namespace {

constexpr std::size_t kSettingSize = 6, kPrioritySize = 5, kMaxWindows = 256, kMaxSettings = 256;
constexpr std::ptrdiff_t kMaxLateStreams = 32;

}  // namespace

/// Takes what a body decodes to.
class Http2Parser::Taker final : public http1::BodySink {
 public:
  Taker(Http2Parser& parser, Http2Transaction& tx, Direction direction)
      : parser_(parser),
        files_(parser.files()),
        tx_(tx),
        message_(tx.message(direction)),
        direction_(direction) {}

  bool on_body(Bytes bytes) override {
    if (bytes.empty()) return true;
    message_.body_bytes += bytes.size();
    parser_.keep_dns_body(tx_, direction_, bytes);
    if (files_ != nullptr) {
      if (message_.file == nullptr && !message_.body_begun) {
        message_.file = files_->open(tx_.files, {.direction = direction_, .name = {}});
        if (message_.file != nullptr) parser_.begin_part(tx_, direction_);
      }
      if (message_.file != nullptr) files_->append(*message_.file, bytes);
      if (message_.part != nullptr) files_->ranges().append(*message_.part, bytes);
    }
    message_.body_begun = true;
    http1::BodyWindow& body = message_.body;
    const std::uint64_t room = kBodyLimit - std::min(kBodyLimit, body.end());
    message_.body_over_limit = message_.body_over_limit || bytes.size() > room;
    body.append(bytes.first(std::min<std::size_t>(bytes.size(), room)));
    if (body.inspected() > kBodyWindow) body.forget_before(body.inspected() - kBodyWindow);
    if (body.end() - body.begin() > 8 * kBodyWindow)
      body.forget_before(body.end() - 4 * kBodyWindow);
    return true;
  }
  void on_event(http1::Event event) override {
    if (event == http1::Event::kCompressionBomb ||
        event == http1::Event::kCompressionBombLimitReached) {
      tx_.raise(Event::kCompressionBomb);
    }
  }

 private:
  Http2Parser& parser_;
  FileTracker* files_;
  Http2Transaction& tx_;
  Message& message_;
  const Direction direction_;
};

/// Keeps header fields. Without a transaction they are decoded for the table's sake alone.
class Http2Parser::FieldTaker final : public FieldSink {
 public:
  FieldTaker(Http2Transaction* tx, Direction direction) : tx_(tx), direction_(direction) {}

  bool on_field(std::string_view name, std::string_view value) override {
    if (tx_ == nullptr) return false;
    Message& message = tx_->message(direction_);
    tx_->field_bytes += name.size() + value.size();
    if (tx_->field_bytes > kMaxFieldBytes || message.fields.size() >= kMaxFields) {
      tx_->raise(Event::kTooLongRepeatedHeaders);
      return false;
    }
    message.fields.push_back({tx_->arena.copy(name), tx_->arena.copy(value)});
    if (message.fields.back().name.data() == nullptr) message.fields.back().name = "";
    return true;
  }
  void on_size_update(std::uint32_t size) override {
    if (tx_ == nullptr) return;
    Message& message = tx_->message(direction_);
    if (message.fields.size() < kMaxFields) message.fields.push_back({{}, {}, size});
  }

 private:
  Http2Transaction* tx_;
  const Direction direction_;
};

Http2Parser::Http2Parser(const Http2Context& context)
    : context_(context),
      sides_{Side(context.options.max_table_size), Side(context.options.max_table_size)} {
  side(Direction::kToServer).expects_preface = true;
}

// ------------------------------------------------------------------------------------- bytes

ParseStatus Http2Parser::feed(const AppInput& input) {
  time_ = input.time;
  for (Transaction* transaction : transactions_) {
    static_cast<Http2Transaction*>(transaction)->message(input.direction).body.begin_round();
  }
  frames_ = input.frames;
  input_end_ = input.stream_offset + input.bytes.size();
  Bytes bytes = input.bytes;
  while (!bytes.empty()) {
    if (!step(input.direction, bytes)) break;
  }
  const Side& now = side(input.direction);
  const bool between = now.held.empty() && now.data_left == 0 && now.skip_left == 0;
  return between ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

ParseStatus Http2Parser::gap(const AppInput& input, std::size_t missing) {
  Side& now = side(input.direction);
  time_ = input.time;
  // Within a body the place of the next frame is known; elsewhere it is not.
  if (missing > std::uint64_t{now.data_left} + now.skip_left || now.wants_padding) {
    return ParseStatus::kMalformed;
  }
  const auto lost = static_cast<std::uint32_t>(std::min<std::size_t>(missing, now.data_left));
  if (Http2Transaction* const tx = find(now.header.stream); tx != nullptr && lost != 0) {
    File* const file = tx->message(input.direction).file;
    if (file != nullptr && files() != nullptr) files()->gap(*file, lost);
  }
  now.data_left -= lost;
  now.skip_left -= static_cast<std::uint32_t>(missing - lost);
  if (now.data_left == 0 && lost != 0) end_data(input.direction);
  return ParseStatus::kNeedMore;
}

bool Http2Parser::gather(Side& side, Bytes& bytes, std::size_t size, Bytes& whole) {
  if (side.held.empty() && bytes.size() >= size) {
    whole = bytes.first(size);
    bytes = bytes.subspan(size);
    return true;
  }
  const std::size_t taken = std::min(bytes.size(), size - side.held.size());
  side.held.insert(side.held.end(), bytes.begin(),
                   bytes.begin() + static_cast<std::ptrdiff_t>(taken));
  bytes = bytes.subspan(taken);
  whole = side.held;
  return side.held.size() == size;
}

bool Http2Parser::step(Direction direction, Bytes& bytes) {
  Side& now = side(direction);
  if (now.wants_padding) {
    const auto padding = std::to_integer<std::uint32_t>(bytes[0]);
    bytes = bytes.subspan(1);
    now.wants_padding = false;
    --now.data_left;
    now.skip_left = std::min(padding, now.data_left);
    now.data_left -= now.skip_left;
    if (now.data_left == 0) end_data(direction);
    return true;
  }
  if (now.data_left != 0) {
    const std::size_t size = std::min<std::size_t>(bytes.size(), now.data_left);
    on_data(direction, bytes.first(size));
    bytes = bytes.subspan(size);
    now.data_left -= static_cast<std::uint32_t>(size);
    if (now.data_left == 0) end_data(direction);
    return true;
  }
  if (now.skip_left != 0) {
    const std::size_t size = std::min<std::size_t>(bytes.size(), now.skip_left);
    bytes = bytes.subspan(size);
    now.skip_left -= static_cast<std::uint32_t>(size);
    return true;
  }
  Bytes whole;
  if (now.expects_preface) {
    if (!gather(now, bytes, kPreface.size(), whole)) return false;
    on_preface(direction, whole);
    return true;
  }
  if (!now.has_header) {
    if (!gather(now, bytes, kFrameHeaderSize, whole)) return false;
    now.header = read_frame_header(whole);
    now.held.clear();
    now.has_header = begin_frame(direction);
    add_frames(now, input_end_ - bytes.size());
    if (!now.has_header || now.header.length != 0) return true;
  }
  if (!gather(now, bytes, now.header.length, whole)) return false;
  now.has_header = false;
  if (!whole.empty()) wishes.show_stream = true;
  on_frame(direction, whole);
  now.held.clear();
  return true;
}

void Http2Parser::on_preface(Direction direction, Bytes bytes) {
  Side& now = side(direction);
  now.expects_preface = false;
  if (as_text(bytes) != kPreface) raise_on_connection(direction, Event::kInvalidClientMagic);
  now.held.clear();
}

// ------------------------------------------------------------------------------------- frames

/// The frame whose header ends at `body`.
void Http2Parser::add_frames(const Side& side, std::uint64_t body) {
  if (frames_ == nullptr) return;
  const Http2Transaction* const tx = side.header.stream == 0 ? nullptr : find(side.header.stream);
  const std::uint64_t id = tx == nullptr ? Frame::kNoTransaction : tx->id;
  const std::uint64_t begin = body - kFrameHeaderSize;
  frames_->add(kHeaderFrame, begin, kFrameHeaderSize, id);
  frames_->add(kDataFrame, body, side.header.length, id);
  frames_->add(kPduFrame, begin, kFrameHeaderSize + std::uint64_t{side.header.length}, id);
}

/// Whether the frame is to be gathered whole; else what becomes of its bytes is settled here.
bool Http2Parser::begin_frame(Direction direction) {
  Side& now = side(direction);
  const FrameHeader& header = now.header;
  if (header.type == kData) {
    Http2Transaction* const tx =
        header.stream == 0 ? nullptr : transaction_of(header.stream, false);
    if (header.stream == 0) raise_on_connection(direction, Event::kDataStreamZero);
    if (tx != nullptr) {
      Message& message = tx->message(direction);
      message.frame_types.set(kData);
      tx->updated[index_of(direction)] = true;
      if (header.length > kMaxFrameBytes) tx->raise(Event::kLongFrameData);
      if (++message.frames > context_.options.max_frames) tx->raise(Event::kTooManyFrames);
    }
    now.data_left = header.length;
    now.wants_padding = header.has(kPadded) && header.length != 0;
    if (header.length == 0) end_data(direction);
    return false;
  }
  if (header.length <= kMaxFrameBytes) return true;
  Http2Transaction* const tx =
      header.stream == 0 ? global(direction) : transaction_of(header.stream, true);
  if (tx != nullptr) tx->raise(Event::kLongFrameData);
  // A header block that is not seen leaves the table unknown.
  if (header.type == kHeaders || header.type == kContinuation || header.type == kPushPromise) {
    now.is_blind = true;
  }
  now.skip_left = header.length;
  return false;
}

void Http2Parser::on_frame(Direction direction, Bytes payload) {
  const FrameHeader& header = side(direction).header;
  switch (header.type) {
    case kHeaders:
    case kPushPromise:
      on_headers(direction, payload);
      return;
    case kContinuation:
      on_continuation(direction, payload);
      return;
    default:
      break;
  }
  if (header.stream == 0) {
    on_connection_frame(direction, payload);
    return;
  }
  Http2Transaction* const tx = transaction_of(header.stream, false);
  if (tx == nullptr) return;
  Message& message = tx->message(direction);
  message.frame_types.set(header.type);
  if (++message.frames > context_.options.max_frames) tx->raise(Event::kTooManyFrames);
  tx->updated[index_of(direction)] = true;
  ByteCursor in(payload);
  switch (header.type) {
    case kPriority:
      in.skip(kPrioritySize - 1);
      message.priority = in.u8();
      if (!in.ok()) tx->raise(Event::kInvalidFrameLength);
      break;
    case kRstStream:
      on_reset(*tx, direction, payload);
      break;
    case kWindowUpdate:
      if (message.windows.size() < kMaxWindows) message.windows.push_back(in.u32() & 0x7fffffff);
      if (payload.size() != 4) tx->raise(Event::kInvalidFrameLength);
      break;
    default:
      break;
  }
}

void Http2Parser::on_connection_frame(Direction direction, Bytes payload) {
  const FrameHeader& header = side(direction).header;
  if (header.type == kSettings && payload.empty()) return;  // an acknowledgement, or none are new
  Http2Transaction* const tx = global(direction);
  if (tx == nullptr) return;
  Message& message = tx->message(direction);
  message.frame_types.set(header.type);
  message.frames = 1;
  ByteCursor in(payload);
  switch (header.type) {
    case kSettings:
      read_settings(*tx, message, payload);
      break;
    case kGoaway:
      in.skip(4);
      message.error = in.u32();
      message.error_is_goaway = true;
      break;
    case kWindowUpdate:
      message.windows.push_back(in.u32() & 0x7fffffff);
      break;
    case kRstStream:
      message.error = in.u32();
      break;
    case kPriority:
      in.skip(kPrioritySize - 1);
      message.priority = in.u8();
      break;
    default:
      break;
  }
  if (!in.ok()) tx->raise(Event::kInvalidFrameLength);
}

void Http2Parser::read_settings(Http2Transaction& tx, Message& message, Bytes payload) {
  if (payload.size() % kSettingSize != 0) tx.raise(Event::kInvalidFrameLength);
  ByteCursor in(payload);
  while (in.size() >= kSettingSize && message.settings.size() < kMaxSettings) {
    const std::uint16_t id = in.u16();
    message.settings.push_back({id, in.u32()});
  }
}

/// A server ends the stream by it. What it has sent before it learns that the client gave the
/// stream up may still come (RFC 9113 section 5.4.2): for that some streams stay open to it.
void Http2Parser::on_reset(Http2Transaction& tx, Direction direction, Bytes payload) {
  ByteCursor in(payload);
  tx.message(direction).error = in.u32();
  if (payload.size() != 4) tx.raise(Event::kInvalidFrameLength);
  const auto waits = std::ranges::count_if(transactions_, [](const Transaction* each) {
    const auto& other = static_cast<const Http2Transaction&>(*each);
    return other.request().error && other.progress[index_of(Direction::kToClient)] != kComplete;
  });
  const bool may_be_answered = direction == Direction::kToServer && waits <= kMaxLateStreams;
  for (const Direction each : {Direction::kToServer, Direction::kToClient}) {
    if (each == Direction::kToClient && may_be_answered) break;
    Message& message = tx.message(each);
    if (message.file != nullptr && !message.body_complete && files() != nullptr) {
      files()->truncate(*message.file);
      message.file = nullptr;
    }
    end_stream(tx, each);
  }
}

// ------------------------------------------------------------------------------------- headers

void Http2Parser::on_headers(Direction direction, Bytes payload) {
  Side& now = side(direction);
  const FrameHeader& header = now.header;
  ByteCursor in(payload);
  std::size_t padding = 0;
  if (header.has(kPadded)) padding = in.u8();
  const bool is_promise = header.type == kPushPromise;
  std::uint32_t stream = header.stream;
  std::optional<std::uint8_t> priority;
  if (is_promise) {
    stream = in.u32() & 0x7fffffff;
  } else if (header.has(kHasPriority)) {
    in.skip(kPrioritySize - 1);
    priority = in.u8();
  }
  const bool good = in.ok() && padding <= in.size() && stream != 0;
  Http2Transaction* const tx = good ? transaction_of(stream, true) : nullptr;
  if (tx != nullptr) {
    Message& message = tx->message(direction);
    if (message.body_complete && tx->progress[index_of(direction)] == kComplete) {
      tx->raise(Event::kStreamIdReuse);
    }
    message.frame_types.set(header.type);
    if (priority) message.priority = priority;
    if (++message.frames > context_.options.max_frames) tx->raise(Event::kTooManyFrames);
    advance(*tx, direction, kHead);
  }
  if (!good) {
    raise_on_connection(direction, Event::kInvalidFrameData);
    return;
  }
  now.in_block = true;
  now.block_is_promise = is_promise;
  now.block_ends_stream = !is_promise && header.has(kEndStream);
  now.block_stream = stream;
  now.block_over_limit = false;
  now.block.clear();
  add_to_block(direction, in.take(in.size() - padding), header.has(kEndHeaders));
}

void Http2Parser::on_continuation(Direction direction, Bytes payload) {
  Side& now = side(direction);
  if (!now.in_block || (now.header.stream != now.block_stream && !now.block_is_promise)) {
    Http2Transaction* const tx =
        now.header.stream == 0 ? nullptr : transaction_of(now.header.stream, true);
    if (tx == nullptr) {
      raise_on_connection(direction, Event::kContinuationWithoutHeaders);
    } else {
      tx->message(direction).frame_types.set(kContinuation);
      tx->raise(Event::kContinuationWithoutHeaders);
    }
    return;
  }
  if (Http2Transaction* const tx = find(now.block_stream)) {
    Message& message = tx->message(direction);
    message.frame_types.set(kContinuation);
    if (++message.frames > context_.options.max_frames) tx->raise(Event::kTooManyFrames);
  }
  add_to_block(direction, payload, now.header.has(kEndHeaders));
}

void Http2Parser::add_to_block(Direction direction, Bytes fragment, bool is_last) {
  Side& now = side(direction);
  if (now.block.size() + fragment.size() > context_.options.max_reassembly_size) {
    if (Http2Transaction* const tx = find(now.block_stream);
        tx != nullptr && !now.block_over_limit) {
      tx->raise(Event::kReassemblyLimitReached);
    }
    now.block_over_limit = true;
    now.is_blind = true;
    now.block.clear();
  } else if (!now.block_over_limit) {
    now.block.insert(now.block.end(), fragment.begin(), fragment.end());
  }
  if (is_last) end_block(direction);
}

void Http2Parser::end_block(Direction direction) {
  Side& now = side(direction);
  now.in_block = false;
  Http2Transaction* const tx = find(now.block_stream);
  // A promise shows the request that the server answers unasked.
  const Direction shown = now.block_is_promise ? Direction::kToServer : direction;
  if (!now.is_blind) {
    FieldTaker taker(tx, shown);
    Event event = Event::kInvalidHeader;
    const HpackDecoder::Result result = now.hpack.decode(now.block, taker);
    if (result == HpackDecoder::Result::kIntegerOverflow) event = Event::kHeaderIntegerOverflow;
    if (result == HpackDecoder::Result::kTableOverflow) event = Event::kHeaderTableOverflow;
    if (result != HpackDecoder::Result::kDone) {
      now.is_blind = true;
      if (tx != nullptr) tx->raise(event);
    }
  }
  now.block.clear();
  if (tx == nullptr) return;
  if (shown == Direction::kToServer) end_request_head(*tx);
  // As in the reference, what answers an upgraded request shows with its body.
  if (!tx->upgraded || shown == Direction::kToServer) advance(*tx, shown, kBody);
  if (now.block_ends_stream || now.block_is_promise) end_stream(*tx, shown);
}

void Http2Parser::end_request_head(Http2Transaction& tx) {
  const Message& request = tx.request();
  const std::string_view authority = request.value_of(":authority");
  const std::string_view host = request.value_of("host");
  tx.authority = authority.data() != nullptr ? authority : host;
  read_dns_target(tx);
  if (tx.authority.find('@') != tx.authority.npos) tx.raise(Event::kUserinfoInUri);
  if (authority.data() != nullptr && host.data() != nullptr && authority != host) {
    tx.raise(Event::kAuthorityHostMismatch);
  }
  std::string_view name = tx.authority.substr(tx.authority.rfind('@') + 1);
  const std::size_t bracket = name.starts_with('[') ? name.find(']') : 0;
  name = name.substr(0, name.find(':', bracket == name.npos ? 0 : bracket));
  if (tx.authority.data() == nullptr) return;
  std::byte* const copy = tx.arena.allocate(name.size());
  std::ranges::transform(name, copy, [](char c) {
    return static_cast<std::byte>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  });
  tx.host = as_text({copy, name.size()});
}

// ------------------------------------------------------------------------------------- bodies

void Http2Parser::on_data(Direction direction, Bytes bytes) {
  Http2Transaction* const tx = find(side(direction).header.stream);
  if (tx != nullptr) add_body(*tx, direction, bytes);
}

void Http2Parser::end_data(Direction direction) {
  const Side& now = side(direction);
  if (now.header.length != 0) wishes.show_stream = true;
  if (!now.header.has(kEndStream)) return;
  if (Http2Transaction* const tx = find(now.header.stream)) end_stream(*tx, direction);
}

void Http2Parser::add_body(Http2Transaction& tx, Direction direction, Bytes bytes) {
  Message& message = tx.message(direction);
  if (message.body_complete) return;
  Taker taker(*this, tx, direction);
  if (tx.progress[index_of(direction)] < kBody) advance(tx, direction, kBody);
  if (message.body_bytes == 0 && !message.body_begun && message.decoder.is_identity()) {
    const std::string_view coding = message.value_of("content-encoding");
    if (!coding.empty()) message.decoder.start(context_.coding, coding, budget_, taker);
  }
  message.decoder.feed(bytes, taker);
  tx.updated[index_of(direction)] = true;
}

void Http2Parser::end_stream(Http2Transaction& tx, Direction direction) {
  Message& message = tx.message(direction);
  if (!message.body_complete) {
    Taker taker(*this, tx, direction);
    message.decoder.finish(taker);
    message.body_complete = true;
    if (message.carries_dns) add_dns(tx, direction, message.dns_body);
    message.dns_body = {};
    if (message.file != nullptr && files() != nullptr) {
      files()->close(*message.file);
      end_part(tx, direction);
    }
    message.file = nullptr;
  }
  advance(tx, direction, kComplete);
}

/// The body may be a part of a file that others may bring the rest of.
void Http2Parser::begin_part(Http2Transaction& tx, Direction direction) {
  Message& message = tx.message(direction);
  if (direction == Direction::kToServer || message.value_of(":status") != "206") return;
  const auto found = http1::parse_content_range(message.value_of("content-range"));
  if (!found) {
    tx.raise(Event::kInvalidRange);
    return;
  }
  message.file->range = found->range;
  if (!found->total || flow() == nullptr) return;
  const std::string name = std::string(tx.host) + std::string(tx.request().value_of(":path"));
  message.part =
      files()->ranges().begin(flow()->key.tenant, name, found->range, *found->total, time_);
}

/// It may have been the last part that was missing: then the whole is one more file.
void Http2Parser::end_part(Http2Transaction& tx, Direction direction) {
  const bool whole = !tx.message(direction).file->gaps;
  std::unique_ptr<FileRanges::Part> part = std::move(tx.message(direction).part);
  if (part == nullptr || !whole) return;
  const auto bytes = files()->ranges().end(std::move(part), time_);
  if (!bytes) return;
  const std::string_view path = tx.request().value_of(":path");
  File* const file =
      files()->open(tx.files, {.direction = direction, .name = path.substr(0, path.find('?'))});
  if (file == nullptr) return;
  files()->append(*file, *bytes);
  files()->close(*file);
}

void Http2Parser::finish(Direction direction) {
  for (Transaction* transaction : transactions_) {
    auto& tx = static_cast<Http2Transaction&>(*transaction);
    Message& message = tx.message(direction);
    if (!message.body_complete) {
      Taker taker(*this, tx, direction);
      message.decoder.finish(taker);
      message.body_complete = true;
      message.file = nullptr;  // the tracker truncates it
    }
    if (tx.progress[index_of(direction)] != kComplete) advance(tx, direction, kComplete);
  }
}

void Http2Parser::advance(Http2Transaction& tx, Direction direction, std::uint8_t progress) {
  const std::size_t d = index_of(direction);
  tx.progress[d] = std::max(tx.progress[d], progress);
  tx.updated[d] = true;
  tx.last_seen = time_;
}

// -------------------------------------------------------------------------------------
// transactions

Http2Transaction* Http2Parser::new_transaction() { return &keep(pool_.take(), time_); }

Http2Transaction* Http2Parser::find(std::uint32_t stream) {
  if (stream == 0) return nullptr;
  if (last_found_ != nullptr && last_found_->stream == stream) return last_found_;
  for (Transaction* transaction : transactions_) {
    auto* const tx = static_cast<Http2Transaction*>(transaction);
    if (tx->stream != stream) continue;
    last_found_ = tx;
    return tx;
  }
  return nullptr;
}

Http2Transaction* Http2Parser::transaction_of(std::uint32_t stream, bool begins) {
  if (Http2Transaction* const tx = find(stream)) return tx;
  std::uint32_t& newest = newest_stream_[stream & 1];
  const bool is_old = stream <= newest;
  if (is_old && !begins) return nullptr;  // a late frame of a stream that is over
  if (transactions_.size() >= context_.options.max_streams) {
    static_cast<Http2Transaction*>(transactions_.back())->raise(Event::kTooManyStreams);
    return nullptr;
  }
  Http2Transaction* const tx = new_transaction();
  tx->stream = stream;
  if (is_old) tx->raise(Event::kStreamIdReuse);
  newest = std::max(newest, stream);
  last_found_ = tx;
  return tx;
}

Http2Transaction* Http2Parser::global(Direction direction) {
  if (transactions_.size() >= context_.options.max_streams) {
    static_cast<Http2Transaction*>(transactions_.back())->raise(Event::kTooManyStreams);
    return nullptr;
  }
  Http2Transaction* const tx = new_transaction();
  tx->is_global = true;
  tx->progress = {kComplete, kComplete};
  tx->message(direction).body_complete = true;
  return tx;
}

void Http2Parser::raise_on_connection(Direction direction, Event event) {
  if (Http2Transaction* const tx = global(direction)) tx->raise(event);
}

void Http2Parser::free_transaction(Transaction* transaction) {
  if (!take_out(transaction)) return;
  if (last_found_ == transaction) last_found_ = nullptr;
  pool_.give(std::unique_ptr<Http2Transaction>(static_cast<Http2Transaction*>(transaction)));
}

void Http2Parser::take_over(const Handover& handover) {
  const auto* const upgrade = dynamic_cast<const Upgrade*>(&handover);
  if (upgrade == nullptr) return;
  Http2Transaction* const tx = transaction_of(1, true);
  if (tx == nullptr) return;
  tx->upgraded = true;
  FieldTaker taker(tx, Direction::kToServer);
  for (const auto& [name, value] : upgrade->fields) static_cast<void>(taker.on_field(name, value));
  end_request_head(*tx);
  end_stream(*tx, Direction::kToServer);
  Http2Transaction* const settings = global(Direction::kToServer);
  if (settings == nullptr) return;
  settings->message(Direction::kToServer).frame_types.set(kSettings);
  std::vector<std::byte> payload;
  if (decode_base64url(upgrade->settings, payload) && payload.size() % kSettingSize == 0) {
    read_settings(*settings, settings->message(Direction::kToServer), payload);
  } else {
    settings->raise(Event::kInvalidHttp1Settings);
  }
}

}  // namespace culvert::http2
