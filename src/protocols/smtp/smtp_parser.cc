#include "protocols/smtp/smtp_parser.h"

#include <algorithm>
#include <utility>

#include "files/file_tracker.h"

namespace culvert::smtp {
namespace {

/// Of a line of commands, replies or the message; the rest of longer ones is not looked at, or, of
/// a message, comes in pieces. RFC 5321 section 4.5.3.1 allows 512 and 1000.
constexpr std::size_t kMostLineBytes = 4096;
constexpr std::size_t kMostPending = 1024;     // commands without a reply
constexpr std::size_t kMostRecipients = 1024;  // kept of a transaction

Event event_of(mime::MimeEvent event) {
  switch (event) {
    case mime::MimeEvent::kInvalidBase64:
      return Event::kMimeInvalidBase64;
    case mime::MimeEvent::kLongHeaderName:
      return Event::kMimeLongHeaderName;
    case mime::MimeEvent::kLongHeaderValue:
      return Event::kMimeLongHeaderValue;
    case mime::MimeEvent::kInvalidQuotedPrintable:
      return Event::kMimeInvalidQuotedPrintable;
    case mime::MimeEvent::kLongLine:
      return Event::kMimeLongLine;
    case mime::MimeEvent::kLongEncodedLine:
      return Event::kMimeLongEncodedLine;
    case mime::MimeEvent::kLongBoundary:
      return Event::kMimeLongBoundary;
    case mime::MimeEvent::kLongFilename:
      return Event::kMimeLongFilename;
    case mime::MimeEvent::kTooMuch:
      break;
  }
  return Event::kMimeParseFailed;
}

constexpr std::size_t kClient = index_of(Direction::kToServer);
constexpr std::size_t kServer = index_of(Direction::kToClient);

}  // namespace

SmtpParser::SmtpParser(const SmtpOptions& options)
    : options_(options),
      lines_{LineReader(kMostLineBytes), LineReader(kMostLineBytes)},
      message_lines_(kMostLineBytes),
      mime_(options.mime) {}

ParseStatus SmtpParser::feed(const AppInput& input) {
  if (failed_) return ParseStatus::kMalformed;
  time_ = input.time;
  frames_ = input.frames;
  return input.direction == Direction::kToServer ? feed_client(input) : feed_server(input);
}

ParseStatus SmtpParser::gap(const AppInput& /*input*/, std::size_t /*missing*/) {
  return give_up();
}

/// What there is will not change any more.
ParseStatus SmtpParser::give_up() {
  failed_ = true;
  close_message(false);
  for (Transaction* transaction : transactions_) {
    transaction->progress = {kComplete, kComplete};
    transaction->updated[0] = transaction->updated[1] = true;
  }
  return ParseStatus::kMalformed;
}

void SmtpParser::cut(Direction direction) {
  if (failed_ || direction != Direction::kToServer || message_of_ == nullptr) return;
  if (const auto line = message_lines_.flush()) feed_message(*line);
}

void SmtpParser::finish(Direction direction) {
  if (failed_) return;
  frames_ = nullptr;  // what has no end yet has the stream's
  ended_[index_of(direction)] = true;
  if (direction == Direction::kToServer) {
    if (mode_ == Mode::kMessage && message_of_ != nullptr) {
      if (const auto line = message_lines_.flush()) on_message_line(*line);
    }
    close_message(false);
  }
  for (Transaction* transaction : transactions_) {
    std::uint8_t& progress = transaction->progress[index_of(direction)];
    if (progress == kComplete) continue;
    progress = kComplete;
    transaction->updated[index_of(direction)] = true;
  }
}

// ------------------------------------------------------------------------------------ the client

ParseStatus SmtpParser::feed_client(const AppInput& input) {
  Bytes rest = input.bytes;
  bool after_command = true;  // also one after which the message comes
  bool has_command = false;
  wishes.show_stream = false;
  while (!rest.empty()) {
    after_command = mode_ == Mode::kCommands;
    has_command = has_command || after_command;
    if (mode_ == Mode::kChunk) {
      if (frames_ != nullptr) {
        const std::size_t size = std::min<std::size_t>(rest.size(), chunk_left_);
        frames_->add(kCommandLineFrame, input.offset_of(rest), size, frame_transaction());
      }
      feed_chunk(rest);
      line_begin_[kClient] = input.offset_of(rest);
      continue;
    }
    if (data_waits_ || tls_waits_) complain_of_pipelining();
    if (mode_ == Mode::kMessage) {
      if (frames_ != nullptr && data_frame_ == 0) {
        data_frame_ =
            frames_->add(kDataFrame, input.offset_of(rest), Frame::kOpen, frame_transaction());
      }
      const auto line = message_lines_.next(rest);
      line_begin_[kClient] = line_end_ = input.offset_of(rest);
      if (line) on_message_line(*line);
    } else if (const auto line = lines_[kClient].next(rest)) {
      line_end_ = input.offset_of(rest);
      if (frames_ != nullptr && line->begins) {
        frames_->add(kCommandLineFrame, line_begin_[kClient], line_end_ - line_begin_[kClient]);
      }
      if (line->begins && !on_command(*line)) return give_up();
      if (frames_ != nullptr && line->begins) {
        frames_->add(kCommandLineFrame, line_begin_[kClient], line->body().size(),
                     frame_transaction());
      }
      line_begin_[kClient] = line_end_;
    }
  }
  const bool between = (mode_ == Mode::kCommands || after_command) && lines_[kClient].is_between();
  // The end of a message is shown together with the command behind it, unless it ends an
  // attachment.
  if (has_command && lines_[kClient].is_between() && transaction_count() != 0) {
    wishes.show_stream = true;
  }
  return between ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

bool SmtpParser::on_command(const Line& line) {
  const std::string_view text = line.text();
  const Command command = command_of(text);
  // Nothing but the end of a session, or a reset of nothing, is no mail of its own.
  const bool opens = command != Command::kReset && command != Command::kQuit;
  SmtpTransaction* transaction = current_;
  if (transaction == nullptr && (opens || transaction_count() == 0)) {
    transaction = current();
    if (transaction == nullptr) return false;
  }
  // What comes after a mail and begins none is looked at with it.
  if (transaction == nullptr && !transactions_.empty())
    transactions_.back()->updated[kClient] = true;
  if (transaction != nullptr) {
    transaction->updated[kClient] = true;
    transaction->last_seen = time_;
    if (!greeted_) transaction->raise(Event::kNoServerWelcomeMessage);
    if (!line.ends) transaction->raise(Event::kTruncatedLine);
  }
  using Kind = Pending::Kind;
  switch (command) {
    case Command::kHelo:
      on_helo(text, *transaction);
      // Once accepted it ends a mail that has begun.
      return push(transaction->mail_from ? Kind::kHelo : Kind::kOther, transaction);
    case Command::kMailFrom:
      if (transaction->mail_from) {
        transaction->raise(Event::kDuplicateFields);
      } else {
        transaction->mail_from = transaction->arena.copy(argument_of(command, text));
      }
      return push(Kind::kOther, transaction);
    case Command::kRcptTo:
      if (transaction->rcpt_to.size() < kMostRecipients) {
        transaction->rcpt_to.push_back(transaction->arena.copy(argument_of(command, text)));
      } else {
        transaction->raise(Event::kUnparsableContent);
      }
      return push(Kind::kOther, transaction);
    case Command::kData:
      if (transaction->mail.begun) transaction->raise(Event::kUnparsableContent);
      begin_message(*transaction);
      transaction->progress[kClient] =
          std::max<std::uint8_t>(transaction->progress[kClient], kData);
      mode_ = Mode::kMessage;
      data_waits_ = true;
      complained_of_pipelining_ = false;
      return push(Kind::kData, transaction);
    case Command::kBdat:
      return push(on_chunk_command(text, *transaction), transaction);
    case Command::kReset:
      return push(Kind::kReset, transaction);
    case Command::kStartTls:
      tls_waits_ = true;
      complained_of_pipelining_ = false;
      return push(Kind::kStartTls, transaction);
    case Command::kQuit:
      return push(Kind::kQuit, transaction);
    case Command::kOther:
      break;
  }
  return push(Kind::kOther, transaction);
}

void SmtpParser::on_helo(std::string_view line, SmtpTransaction& transaction) {
  if (has_helo_) {  // the first one stays, whatever an attacker says later
    transaction.raise(Event::kDuplicateFields);
    return;
  }
  has_helo_ = true;
  helo_ = argument_of(Command::kHelo, line);
  transaction.helo = transaction.arena.copy(std::string_view(helo_));
}

/// The bytes announced, a message or a part of one, follow the command at once. Says what its reply
/// will mean.
SmtpParser::Pending::Kind SmtpParser::on_chunk_command(std::string_view line,
                                                       SmtpTransaction& transaction) {
  const auto chunk = parse_bdat(line);
  if (!chunk) {
    transaction.raise(Event::kInvalidBdat);
    return Pending::Kind::kOther;
  }
  if (message_of_ != &transaction) begin_message(transaction);
  chunk_left_ = chunk->size;
  chunk_is_last_ = chunk->is_last;
  mode_ = Mode::kChunk;
  if (chunk_left_ == 0) end_chunk();
  return chunk->is_last ? Pending::Kind::kMessageEnd : Pending::Kind::kOther;
}

void SmtpParser::complain_of_pipelining() {
  if (complained_of_pipelining_) return;
  complained_of_pipelining_ = true;
  SmtpTransaction* const transaction = message_of_ != nullptr ? message_of_ : any_transaction();
  if (transaction != nullptr) transaction->raise(Event::kInvalidPipelinedSequence);
}

// ----------------------------------------------------------------------------------- the message

void SmtpParser::begin_message(SmtpTransaction& transaction) {
  close_message(false);
  message_of_ = &transaction;
  message_lines_.reset();
  if (options_.decode_mime) {
    mime_.start(transaction.mail, transaction.arena, *this);
  } else if (options_.raw_extraction) {
    has_raw_file_ = true;
    begin_file("rawmsg");
  }
}

void SmtpParser::on_message_line(const Line& line) {
  if (line.is_whole() && line.text() == ".") {
    mode_ = Mode::kCommands;
    if (frames_ != nullptr) frames_->close(data_frame_, line_end_);
    data_frame_ = 0;
    SmtpTransaction* const transaction = message_of_;
    end_message();
    push(Pending::Kind::kMessageEnd, transaction);
    return;
  }
  feed_message(line);
}

void SmtpParser::feed_message(const Line& line) {
  if (message_of_ == nullptr) return;
  message_of_->updated[kClient] = true;
  message_of_->progress[kClient] = std::max<std::uint8_t>(message_of_->progress[kClient], kData);
  if (mime_.is_active()) mime_.feed(line);
  if (has_raw_file_) append_file(line.bytes);
}

void SmtpParser::feed_chunk(Bytes& rest) {
  Bytes bytes = rest.first(std::min<std::size_t>(rest.size(), chunk_left_));
  rest = rest.subspan(bytes.size());
  chunk_left_ -= static_cast<std::uint32_t>(bytes.size());
  while (const auto line = message_lines_.next(bytes)) feed_message(*line);
  if (chunk_left_ == 0) end_chunk();
}

void SmtpParser::end_chunk() {
  mode_ = Mode::kCommands;
  if (!chunk_is_last_) return;
  if (const auto line = message_lines_.flush()) feed_message(*line);
  end_message();
}

/// All of it has come; what follows from the client is another mail's.
void SmtpParser::end_message() {
  SmtpTransaction* const transaction = message_of_;
  close_message(true);
  if (transaction == nullptr) return;
  transaction->progress[kClient] = kComplete;
  transaction->updated[kClient] = true;
  if (current_ == transaction) current_ = nullptr;
}

void SmtpParser::close_message(bool whole) {
  mime_.finish(whole);
  if (has_raw_file_) end_file(whole);
  has_raw_file_ = false;
  message_of_ = nullptr;
}

// ------------------------------------------------------------------------------------ the server

ParseStatus SmtpParser::feed_server(const AppInput& input) {
  Bytes rest = input.bytes;
  while (const auto line = lines_[kServer].next(rest)) {
    const std::uint64_t begin = line_begin_[kServer];
    line_begin_[kServer] = input.offset_of(rest);
    if (!line->begins) continue;
    if (frames_ != nullptr) {
      frames_->add(kResponseLineFrame, begin, line_begin_[kServer] - begin, frame_transaction());
    }
    if (!line->ends) {
      if (SmtpTransaction* const transaction = any_transaction()) {
        transaction->raise(Event::kTruncatedLine);
      }
    }
    if (!on_reply(line->text())) return give_up();
  }
  return lines_[kServer].is_between() ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

bool SmtpParser::on_reply(std::string_view line) {
  const auto code = parse_reply_code(line);
  SmtpTransaction* const transaction = any_transaction();
  if (transaction != nullptr) {
    transaction->updated[kServer] = true;
    transaction->last_seen = time_;
  }
  if (!code) {
    if (transaction != nullptr) transaction->raise(Event::kInvalidReply);
    return false;
  }
  const bool is_last_line = line.size() < 4 || line[3] != '-';
  if (is_last_line) on_final_reply(*code);
  return true;
}

void SmtpParser::on_final_reply(unsigned code) {
  constexpr unsigned kReady = 220;
  if (!greeted_) {
    greeted_ = true;
    if (pending_.empty()) return;  // the welcome
    if (code == kReady) {          // late, as the client has spoken already
      if (pending_.front().transaction != nullptr) {
        pending_.front().transaction->raise(Event::kInvalidReply);
      }
      return;
    }
  }
  if (pending_.empty()) return;
  const Pending command = pending_.front();
  pending_.pop_front();
  on_answer(command, code);
}

void SmtpParser::on_answer(const Pending& command, unsigned code) {
  using Kind = Pending::Kind;
  constexpr unsigned kReady = 220, kGoAhead = 354;
  SmtpTransaction* const transaction = command.transaction;
  const bool accepted = code >= 200 && code < 300;
  if (transaction != nullptr) transaction->updated[kServer] = true;
  switch (command.kind) {
    case Kind::kOther:
      return;
    case Kind::kHelo:
      if (accepted && transaction != nullptr) complete(*transaction);
      return;
    case Kind::kData:
      data_waits_ = false;
      if (code == kGoAhead) {
        if (transaction != nullptr) {
          for (std::uint8_t& progress : transaction->progress) {
            progress = std::max<std::uint8_t>(progress, kData);
          }
        }
        return;
      }
      if (transaction != nullptr) transaction->raise(Event::kDataCommandRejected);
      if (mode_ == Mode::kMessage && message_of_ == transaction) {
        mode_ = Mode::kCommands;
        close_message(false);
      }
      return;
    case Kind::kStartTls:
      tls_waits_ = false;
      if (code != kReady) {
        if (transaction != nullptr) transaction->raise(Event::kTlsRejected);
        return;
      }
      wishes.change_to = AppProto::kTls;
      for (Transaction* each : transactions_) complete(static_cast<SmtpTransaction&>(*each));
      return;
    case Kind::kReset:
      if (accepted && transaction != nullptr) complete(*transaction);
      return;
    case Kind::kMessageEnd:
    case Kind::kQuit:
      if (transaction != nullptr) complete(*transaction);
      return;
  }
}

// ---------------------------------------------------------------------------------- transactions

/// False: the client is far ahead of the server.
bool SmtpParser::push(Pending::Kind kind, SmtpTransaction* transaction) {
  if (pending_.size() >= kMostPending) {
    if (transaction != nullptr) transaction->raise(Event::kInvalidPipelinedSequence);
    return false;
  }
  pending_.push_back({kind, transaction});
  return true;
}

SmtpTransaction* SmtpParser::current() {
  if (current_ != nullptr) return current_;
  if (transactions_.size() >= options_.max_transactions) return nullptr;
  current_ = &keep(pool_.take(), time_);
  current_->updated[kServer] = false;  // until it answers
  for (std::size_t d = 0; d < ended_.size(); ++d) {
    if (ended_[d]) current_->progress[d] = kComplete;
  }
  if (has_helo_) current_->helo = current_->arena.copy(std::string_view(helo_));
  return current_;
}

SmtpTransaction* SmtpParser::any_transaction() const {
  if (!pending_.empty() && pending_.front().transaction != nullptr) {
    return pending_.front().transaction;
  }
  return current_ != nullptr ? current_ : message_of_;
}

std::uint64_t SmtpParser::frame_transaction() const {
  const SmtpTransaction* const transaction =
      message_of_ != nullptr ? message_of_ : any_transaction();
  return transaction == nullptr ? Frame::kNoTransaction : transaction->id;
}

void SmtpParser::complete(SmtpTransaction& transaction) {
  if (current_ == &transaction) current_ = nullptr;
  if (message_of_ == &transaction) close_message(false);
  transaction.progress = {kComplete, kComplete};
  transaction.updated[kServer] = true;  // the client has said nothing new
}

void SmtpParser::free_transaction(Transaction* transaction) {
  if (!take_out(transaction)) return;
  std::unique_ptr<SmtpTransaction> owned(static_cast<SmtpTransaction*>(transaction));
  for (Pending& command : pending_) {
    if (command.transaction == owned.get()) command.transaction = nullptr;
  }
  if (message_of_ == owned.get()) {
    file_ = nullptr;  // the worker has it back
    close_message(false);
  }
  if (current_ == owned.get()) current_ = nullptr;
  pool_.give(std::move(owned));
}

bool SmtpParser::recycle() {
  for (LineReader& lines : lines_) lines.reset();
  message_lines_.reset();
  close_message(false);
  current_ = nullptr;
  pending_.clear();
  helo_.clear();
  line_begin_ = {};
  data_frame_ = 0;
  chunk_left_ = 0;
  mode_ = Mode::kCommands;
  has_helo_ = chunk_is_last_ = greeted_ = data_waits_ = tls_waits_ = false;
  complained_of_pipelining_ = failed_ = false;
  ended_ = {};
  return true;
}

// ------------------------------------------------------------------------------------ attachments

void SmtpParser::on_mime_event(mime::MimeEvent event) {
  if (message_of_ != nullptr) message_of_->raise(event_of(event));
}

void SmtpParser::begin_file(std::string_view name) {
  if (files() == nullptr || message_of_ == nullptr) return;
  file_ = files()->open(message_of_->files,
                        {.direction = Direction::kToServer,
                         .name = name,
                         .inspection = {.limit = options_.content_limit,
                                        .min_size = options_.content_inspect_min_size,
                                        .window = options_.content_inspect_window}});
}

void SmtpParser::append_file(Bytes bytes) {
  if (file_ == nullptr) return;
  files()->append(*file_, bytes);
  // While rules look at the attachment as it comes they see the stream, too.
  const bool is_inspected =
      file_->size >= options_.content_inspect_min_size && file_->size < options_.content_limit;
  wishes.show_stream = wishes.show_stream || is_inspected;
}

void SmtpParser::end_file(bool whole) {
  if (file_ == nullptr) return;
  if (whole) {
    files()->close(*file_);
    wishes.show_stream = true;
  } else {
    files()->truncate(*file_);
  }
  file_ = nullptr;
}

}  // namespace culvert::smtp
