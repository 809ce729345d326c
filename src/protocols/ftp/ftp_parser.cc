#include "protocols/ftp/ftp_parser.h"

#include <algorithm>

#include "app/expected_flows.h"

namespace culvert::ftp {
namespace {

/// Of one command; the reference lets as many pass. What comes after them is not kept.
constexpr std::uint16_t kMostPreliminaryReplies = 16;
constexpr std::size_t kClient = index_of(Direction::kToServer);
constexpr std::size_t kServer = index_of(Direction::kToClient);

bool is_code(std::string_view line) {
  return line.size() >= 3 && std::all_of(line.begin(), line.begin() + 3,
                                         [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

FtpParser::FtpParser(const FtpOptions& options)
    : options_(options), lines_{LineReader(options.max_line), LineReader(options.max_line)} {}

ParseStatus FtpParser::feed(const AppInput& input) {
  if (failed_) return ParseStatus::kMalformed;
  time_ = input.time;
  Bytes rest = input.bytes;
  LineReader& reader = lines_[index_of(input.direction)];
  const bool from_client = input.direction == Direction::kToServer;
  while (const auto line = reader.next(rest)) {
    if (from_client ? !on_command(*line, input) : !on_reply(*line)) return give_up();
  }
  return reader.is_between() ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

ParseStatus FtpParser::gap(const AppInput& /*input*/, std::size_t /*missing*/) {
  return give_up();
}

ParseStatus FtpParser::give_up() {
  failed_ = true;
  for (Transaction* transaction : transactions_) complete(static_cast<FtpTransaction&>(*transaction));
  return ParseStatus::kMalformed;
}

void FtpParser::finish(Direction direction) {
  if (direction == Direction::kToServer) return;
  for (Transaction* transaction : transactions_) complete(static_cast<FtpTransaction&>(*transaction));
}

FtpTransaction* FtpParser::oldest_open() const {
  for (Transaction* transaction : transactions_) {
    auto& each = static_cast<FtpTransaction&>(*transaction);
    if (!each.done) return &each;
  }
  return nullptr;
}

FtpTransaction& FtpParser::add_transaction() {
  FtpTransaction& transaction = keep(pool_.take(), time_);
  transaction.updated[kClient] = transaction.updated[kServer] = false;  // until somebody speaks
  return transaction;
}

bool FtpParser::on_command(const Line& line, const AppInput& input) {
  if (!line.begins) return true;  // the rest of a line that was too long
  const std::string_view text = line.text();
  if (line.ends && text.empty()) return true;
  FtpTransaction* const oldest = oldest_open();
  const auto open = std::count_if(transactions_.begin(), transactions_.end(), [](const auto* each) {
    return !static_cast<const FtpTransaction*>(each)->done;
  });
  if (oldest != nullptr && static_cast<std::size_t>(open) >= options_.max_transactions) {
    oldest->raise(Event::kTooManyTransactions);
    return false;
  }
  FtpTransaction& transaction = add_transaction();
  const CommandWord word = parse_command(text);
  transaction.has_command = true;
  transaction.command = word.command;
  transaction.name = transaction.arena.copy(word.name);
  transaction.data = transaction.arena.copy(word.data);
  transaction.has_data = word.has_data;
  transaction.progress[kClient] = kComplete;
  transaction.updated[kClient] = true;
  if (!line.ends) {
    transaction.command_truncated = true;
    transaction.raise(Event::kRequestCommandTooLong);
  }
  switch (word.command) {
    case Command::kPort:
    case Command::kEprt: {
      const auto port = word.command == Command::kPort ? parse_port(word.data) : parse_eprt(word.data);
      if (!port) break;
      transaction.port_address = port->address;
      transaction.dynamic_port = dynamic_port_ = port->port;
      transaction.mode = mode_ = Mode::kActive;
      break;
    }
    case Command::kRetr:
    case Command::kStor:
    case Command::kStou:
    case Command::kAppe:
    case Command::kList:
    case Command::kNlst:
    case Command::kMlsd:
      on_transfer(transaction, input);
      break;
    case Command::kUnknown:
    case Command::kOther:
    case Command::kPasv:
    case Command::kEpsv:
    case Command::kAuthTls:
      break;
  }
  return true;
}

/// A data connection comes: from the server to the port that PORT named, or from the client to the
/// one that the server's 227 or 229 named.
void FtpParser::on_transfer(FtpTransaction& transaction, const AppInput& input) {
  const bool needs_name = transaction.command == Command::kRetr ||
                          transaction.command == Command::kStor ||
                          transaction.command == Command::kAppe;
  if (needs_name && transaction.data.empty()) return transaction.raise(Event::kFileWithoutName);
  if (dynamic_port_ == 0 || mode_ == Mode::kNone) {
    return transaction.raise(Event::kFileBeforePort);
  }
  if (services_.expected != nullptr) {
    const bool active = mode_ == Mode::kActive;
    ExpectedFlow flow;
    flow.tenant = input.flow.key.tenant;
    flow.client = active ? input.flow.server() : input.flow.client();
    flow.server = active ? input.flow.client() : input.flow.server();
    flow.server_port = dynamic_port_;
    flow.proto = AppProto::kFtpData;
    flow.parent_id = input.flow.id;
    flow.kind = static_cast<std::uint8_t>(transaction.command);
    const bool is_list = transaction.command == Command::kList ||
                         transaction.command == Command::kNlst ||
                         transaction.command == Command::kMlsd;
    if (!is_list) flow.name = std::string(transaction.data);
    flow.made = input.time;
    services_.expected->add(std::move(flow));
  }
  dynamic_port_ = 0;
}

bool FtpParser::on_reply(const Line& line) {
  if (!line.begins) return true;
  const std::string_view text = line.text();
  if (line.ends && text.empty()) return true;
  const bool has_code = is_code(text);
  const bool continues = last_replied_ != nullptr &&
                         (!has_code || (!multi_code_.empty() && text.starts_with(multi_code_)));
  FtpTransaction* transaction = continues ? last_replied_ : oldest_open();
  if (has_code) {
    const bool more = text.size() > 3 && text[3] == '-';
    if (more) {
      multi_code_.assign(text.substr(0, 3));
    } else if (text.starts_with(multi_code_)) {
      multi_code_.clear();
    }
  }
  // One too many belongs to the last command while there is one.
  if (transaction == nullptr && !transactions_.empty()) {
    transaction = static_cast<FtpTransaction*>(transactions_.back());
  }
  if (transaction == nullptr) {
    // The greeting, a word of farewell, or the rest of a reply: no rule sees it in the reference.
    transaction = &add_transaction();
    transaction->skip_inspection[kServer] = true;
  }
  last_replied_ = transaction;
  transaction->last_seen = time_;
  transaction->updated[kServer] = true;
  if (!line.ends) {
    transaction->reply_truncated = true;
    transaction->raise(Event::kResponseCommandTooLong);
  }
  const bool is_preliminary = text.starts_with('1');
  if (is_preliminary && transaction->preliminary_replies == kMostPreliminaryReplies) {
    transaction->raise(Event::kTooManyPreliminaryResponses);
    return true;
  }
  transaction->preliminary_replies =
      static_cast<std::uint16_t>(transaction->preliminary_replies + (is_preliminary ? 1 : 0));
  if (transaction->replies.size() >= kMaxReplies) return true;
  if (has_code && text.size() > 3 && text[3] == ' ') {
    const std::string_view code = transaction->arena.copy(text.substr(0, 3));
    const std::string_view words = transaction->arena.copy(text.substr(4));
    transaction->codes.push_back(code);
    transaction->replies.push_back(words);
    on_code(*transaction, code, words);
  } else {
    transaction->replies.push_back(transaction->arena.copy(text));
  }
  if (!is_preliminary && !transaction->done) complete(*transaction);
  return true;
}

void FtpParser::on_code(FtpTransaction& transaction, std::string_view code,
                        std::string_view text) {
  if (transaction.command == Command::kAuthTls && code == "234") {
    wishes.change_to = AppProto::kTls;
  } else if (transaction.command == Command::kPasv && code == "227") {
    if (const auto port = parse_pasv_reply(text)) transaction.dynamic_port = port->port;
  } else if (transaction.command == Command::kEpsv && code == "229") {
    transaction.dynamic_port = parse_epsv_reply(text);
  } else {
    return;
  }
  if (!transaction.dynamic_port) return;
  dynamic_port_ = *transaction.dynamic_port;
  transaction.mode = mode_ = Mode::kPassive;
}

void FtpParser::complete(FtpTransaction& transaction) {
  if (transaction.done) return;
  transaction.done = true;
  transaction.progress = {kComplete, kComplete};
  transaction.updated[kServer] = true;  // the client has said nothing new
}

void FtpParser::free_transaction(Transaction* transaction) {
  if (!take_out(transaction)) return;
  if (last_replied_ == transaction) last_replied_ = nullptr;
  pool_.give(std::unique_ptr<FtpTransaction>(static_cast<FtpTransaction*>(transaction)));
}

bool FtpParser::recycle() {
  for (LineReader& reader : lines_) reader.reset();
  last_replied_ = nullptr;
  multi_code_.clear();
  mode_ = Mode::kNone;
  dynamic_port_ = 0;
  failed_ = false;
  return true;
}

}  // namespace culvert::ftp
