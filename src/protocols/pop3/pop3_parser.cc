#include "protocols/pop3/pop3_parser.h"

#include <algorithm>
#include <iterator>

namespace culvert::pop3 {
namespace {

constexpr std::size_t kMostLineBytes = 4096;       // of a line that is held
constexpr std::size_t kLongestRequest = 255;       // RFC 2449 section 4
constexpr std::size_t kLongestResponse = 512;      // RFC 1939 section 3
constexpr std::size_t kMostTransactions = 256;     // live ones of a flow
constexpr std::size_t kMostDataBytes = 64 * 1024;  // kept of a response
constexpr std::size_t kMostArguments = 64;

/// A command, how many arguments it takes, and whether its response has several lines: always, or
/// only without arguments.
struct CommandInfo {
  enum class Lines : std::uint8_t { kOne, kMany, kManyWithoutArguments };
  std::string_view name;
  std::uint8_t least, most;
  Lines lines = Lines::kOne;
};
using Lines = CommandInfo::Lines;
constexpr CommandInfo kCommands[] = {
    {"USER", 1, 64},
    {"PASS", 1, 64},
    {"APOP", 2, 2},
    {"STAT", 0, 0},
    {"LIST", 0, 1, Lines::kManyWithoutArguments},
    {"RETR", 1, 1, Lines::kMany},
    {"DELE", 1, 1},
    {"NOOP", 0, 0},
    {"RSET", 0, 0},
    {"QUIT", 0, 0},
    {"TOP", 2, 2, Lines::kMany},
    {"UIDL", 0, 1, Lines::kManyWithoutArguments},
    {"CAPA", 0, 0, Lines::kMany},
    {"AUTH", 0, 2, Lines::kManyWithoutArguments},
    {"STLS", 0, 0},
    {"UTF8", 0, 0},
    {"LANG", 0, 1, Lines::kManyWithoutArguments},
};

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

const CommandInfo* find_command(std::string_view word) {
  const auto found = std::ranges::find_if(kCommands, [&](const CommandInfo& info) {
    return std::ranges::equal(info.name, word, {}, {}, upper);
  });
  return found == std::end(kCommands) ? nullptr : found;
}

}  // namespace

Pop3Parser::Pop3Parser() : lines_{LineReader(kMostLineBytes), LineReader(kMostLineBytes)} {}

ParseStatus Pop3Parser::feed(const AppInput& input) {
  if (failed_) return ParseStatus::kMalformed;
  time_ = input.time;
  LineReader& lines = lines_[index_of(input.direction)];
  Bytes rest = input.bytes;
  while (const auto line = lines.next(rest)) {
    const bool fine =
        input.direction == Direction::kToServer ? on_request(*line) : on_response(*line);
    if (!fine) return give_up();
  }
  return lines.is_between() ? ParseStatus::kDone : ParseStatus::kNeedMore;
}

bool Pop3Parser::on_request(const Line& line) {
  if (!line.begins) return true;
  Pop3Transaction* const transaction = make_transaction();
  if (transaction == nullptr) return false;
  transaction->has_request = true;
  transaction->progress[0] = kComplete;
  if (line.body().size() > kLongestRequest) transaction->raise(Event::kRequestTooLong);
  if (in_sasl_) {
    in_sasl_ = false;
    transaction->authenticates = true;
    transaction->command = "<SASL DATA>";
    return true;
  }
  std::string_view rest = line.text();
  const auto take_word = [&] {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    return word;
  };
  const std::string_view word = take_word();
  transaction->command = transaction->arena.copy(word);
  while (!rest.empty() && transaction->arguments.size() < kMostArguments) {
    const std::string_view argument = take_word();
    if (!argument.empty()) transaction->arguments.push_back(transaction->arena.copy(argument));
  }
  const std::size_t count = transaction->arguments.size();
  const CommandInfo* const info = find_command(word);
  // The reference knows commands in capitals only.
  if (info == nullptr || info->name != word) transaction->raise(Event::kUnknownCommand);
  if (info == nullptr) return true;
  if (count < info->least || count > info->most) {
    transaction->raise(Event::kIncorrectArgumentCount);
  }
  transaction->is_multiline =
      info->lines == Lines::kMany || (info->lines == Lines::kManyWithoutArguments && count == 0);
  transaction->keeps_data = info->name != "RETR";
  transaction->starts_tls = info->name == "STLS";
  transaction->authenticates = info->name == "AUTH" && count != 0;
  return true;
}

bool Pop3Parser::on_response(const Line& line) {
  if (in_data_ == nullptr && !skips_data_) return !line.begins || begin_response(line);
  if (line.is_whole() && line.text() == ".") {
    Pop3Transaction* const transaction = in_data_;
    in_data_ = nullptr;
    skips_data_ = false;
    if (transaction != nullptr) complete(*transaction);
    return true;
  }
  if (in_data_ != nullptr && in_data_->keeps_data &&
      in_data_->arena.used_bytes() < kMostDataBytes) {
    in_data_->data.push_back(in_data_->arena.copy(line.text()));
  }
  return true;
}

bool Pop3Parser::begin_response(const Line& line) {
  constexpr std::string_view kOk = "+OK", kError = "-ERR";
  std::string_view text = line.text();
  Pop3Transaction* transaction = oldest_without_response();
  const bool is_challenge = text == "+" || text.starts_with("+ ");
  bool success = true;
  if (text.starts_with(kOk)) {
    text.remove_prefix(kOk.size());
  } else if (text.starts_with(kError)) {
    text.remove_prefix(kError.size());
    success = false;
  } else if (is_challenge && transaction != nullptr && transaction->authenticates) {
    text.remove_prefix(1);
    in_sasl_ = true;
  } else {
    return false;
  }
  if (text.starts_with(' ')) text.remove_prefix(1);
  if (transaction == nullptr) {  // the greeting, or nobody asked
    transaction = make_transaction();
    if (transaction == nullptr) return false;
    transaction->progress[0] = kComplete;
  }
  if (line.body().size() > kLongestResponse) transaction->raise(Event::kResponseTooLong);
  transaction->has_response = true;
  transaction->success = success;
  transaction->header = transaction->arena.copy(text);
  transaction->last_seen = time_;
  if (success && transaction->is_multiline) {
    in_data_ = transaction;
    return true;
  }
  complete(*transaction);
  if (success && transaction->starts_tls) wishes.change_to = AppProto::kTls;
  return true;
}

Pop3Transaction* Pop3Parser::make_transaction() {
  if (transactions_.size() >= kMostTransactions) {
    static_cast<Pop3Transaction*>(transactions_.back())->raise(Event::kTooManyTransactions);
    return nullptr;
  }
  auto transaction = std::make_unique<Pop3Transaction>();
  for (std::size_t d = 0; d < ended_.size(); ++d) {
    if (ended_[d]) transaction->progress[d] = kComplete;
  }
  return &keep(std::move(transaction), time_);
}

Pop3Transaction* Pop3Parser::oldest_without_response() const {
  for (Transaction* base : transactions_) {
    auto* const transaction = static_cast<Pop3Transaction*>(base);
    if (transaction->has_request && !transaction->has_response) return transaction;
  }
  return nullptr;
}

ParseStatus Pop3Parser::gap(const AppInput& /*input*/, std::size_t /*missing*/) {
  return give_up();
}

ParseStatus Pop3Parser::give_up() {
  failed_ = true;
  for (Transaction* each : transactions_) complete(*each);
  return ParseStatus::kMalformed;
}

void Pop3Parser::finish(Direction direction) {
  ended_[index_of(direction)] = true;
  ExchangeParser::finish(direction);
}

void Pop3Parser::free_transaction(Transaction* transaction) {
  if (in_data_ == transaction) {
    in_data_ = nullptr;
    skips_data_ = true;
  }
  ExchangeParser::free_transaction(transaction);
}

bool Pop3Parser::recycle() {
  for (LineReader& lines : lines_) lines.reset();
  ended_ = {};
  in_data_ = nullptr;
  skips_data_ = in_sasl_ = failed_ = false;
  return true;
}

}  // namespace culvert::pop3
