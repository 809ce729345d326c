#include "protocols/pgsql/pgsql_parser.h"

#include <algorithm>
#include <memory>

#include "base/byte_cursor.h"
#include "protocols/pgsql/pgsql_messages.h"

namespace culvert::pgsql {

ParseStatus PgsqlParser::feed(const AppInput& input) {
  time_ = input.time;
  const bool of_server = input.direction == Direction::kToClient;
  MessageReader& reader = readers_[index_of(input.direction)];
  Bytes bytes = input.bytes;
  while (!bytes.empty() && !is_encrypted_) {
    if (of_server && awaits_encryption_ && take_encryption_answer(bytes)) continue;
    const auto message = reader.next(bytes);
    if (!message) break;
    if (of_server) {
      on_response(*message);
    } else {
      on_request(*message);
    }
  }
  if (reader.is_malformed()) return give_up();
  return reader.is_in_message() ? ParseStatus::kNeedMore : ParseStatus::kDone;
}

bool PgsqlParser::take_encryption_answer(Bytes& bytes) {
  awaits_encryption_ = false;
  const char answer = static_cast<char>(bytes[0]);
  PgsqlTransaction* const tx = waiting();
  if ((answer != 'S' && answer != 'N' && answer != 'G') || tx == nullptr) return false;
  bytes = bytes.subspan(1);
  tx->response.ssl_accepted = answer != 'N';
  complete(*tx);
  if (answer == 'N') return true;
  is_encrypted_ = true;
  if (answer == 'S') {
    wishes.change_to = AppProto::kTls;
    wishes.unconsumed = bytes.size();
  }
  return true;
}

// --- requests -----------------------------------------------------------------------------------

void PgsqlParser::on_request(const RawMessage& message) {
  switch (message.type) {
    case '\0':
      return on_opening(message);
    case 'Q':
      if (PgsqlTransaction* const tx = begin(RequestKind::kQuery)) {
        ByteCursor in(message.body);
        tx->request.text = tx->arena.copy(take_text(in));
      }
      return;
    case 'p':
      return on_secret(message);
    case 'd':
    case 'c':
    case 'f':
      return on_copy(message);
    case 'X':
      if (PgsqlTransaction* const tx = begin(RequestKind::kTerminate)) complete(*tx);
      return;
    default:  // the extended query protocol, of which nothing is told; and what there is not
      return;
  }
}

void PgsqlParser::on_opening(const RawMessage& message) {
  constexpr std::uint32_t kCancel = 80877102, kSsl = 80877103, kGss = 80877104;
  ByteCursor in(message.body);
  const std::uint32_t code = in.u32();
  if (code == kSsl || code == kGss) {
    awaits_encryption_ = begin(code == kSsl ? RequestKind::kSsl : RequestKind::kGss) != nullptr;
    return;
  }
  if (code == kCancel) {
    PgsqlTransaction* const tx = begin(RequestKind::kCancel);
    if (tx == nullptr) return;
    tx->request.process_id = in.u32();
    tx->request.secret_key = in.u32();
    if (!in.ok()) tx->raise(Event::kMalformedRequest);
    return complete(*tx);
  }
  if (code >> 16 == 3) {
    PgsqlTransaction* const tx = begin(RequestKind::kStartup);
    if (tx == nullptr) return;
    tx->request.major = static_cast<std::uint16_t>(code >> 16);
    tx->request.minor = static_cast<std::uint16_t>(code & 0xffff);
    if (!read_startup(in, *tx)) tx->raise(Event::kMalformedRequest);
    return;
  }
  PgsqlTransaction* const tx = begin(RequestKind::kNone);
  if (tx == nullptr) return;
  tx->raise(Event::kMalformedRequest);
  complete(*tx);
}

void PgsqlParser::on_secret(const RawMessage& message) {
  switch (secret_) {
    case Secret::kPassword:
      if (PgsqlTransaction* const tx = begin(RequestKind::kPassword)) {
        ByteCursor in(message.body);
        tx->request.text = tx->arena.copy(take_text(in));
      }
      return;
    case Secret::kSaslInitial:
      if (PgsqlTransaction* const tx = begin(RequestKind::kSaslInitial)) {
        if (!read_sasl_initial(message, *tx)) tx->raise(Event::kMalformedRequest);
      }
      return;
    case Secret::kSaslResponse:
      if (PgsqlTransaction* const tx = begin(RequestKind::kSaslResponse)) {
        tx->request.text = tx->arena.copy(as_text(message.body));
      }
      return;
    case Secret::kToken:
      begin(RequestKind::kNone);
      return;
  }
}

void PgsqlParser::on_copy(const RawMessage& message) {
  if (copy_ == nullptr) copy_ = begin(RequestKind::kCopyIn);
  if (copy_ == nullptr) return;
  PgsqlTransaction& tx = *copy_;
  constexpr std::size_t kToServer = index_of(Direction::kToServer);
  if (message.type == 'd') {
    ++tx.data_messages;
    tx.data_bytes += message.size;
    tx.progress[kToServer] = 0;
    return;
  }
  if (message.type == 'c') {
    tx.request.is_copy_done = true;
  } else {
    tx.request.copy_failure = tx.arena.copy(as_text(message.body));
  }
  tx.progress[kToServer] = kComplete;
  tx.updated[kToServer] = true;
  copy_ = nullptr;
}

// --- responses ----------------------------------------------------------------------------------

void PgsqlParser::on_response(const RawMessage& message) {
  PgsqlTransaction* const found = waiting();
  if (found == nullptr) return;
  PgsqlTransaction& tx = *found;
  Response& response = tx.response;
  tx.last_seen = time_;
  tx.updated[index_of(Direction::kToClient)] = true;
  if (message.type == 'Z') {
    if (message.size != 1) tx.raise(Event::kInvalidLength);
    return complete(tx);
  }
  if (message.type == 'D') {
    if (!read_row(message, tx)) tx.raise(Event::kMalformedResponse);
    return;
  }
  if (message.type == 'd') {
    ++tx.data_messages;
    tx.data_bytes += message.size;
    return;
  }
  if (response.kept >= options_.max_responses) return tx.raise(Event::kTooManyResponses);
  ++response.kept;
  bool is_good = true;
  switch (message.type) {
    case 'R':
      is_good = on_authentication(message, tx);
      break;
    case 'E':
      is_good = read_error(message, tx);
      break;
    case 'S':
      is_good = read_parameter(message, tx);
      break;
    case 'K': {
      ByteCursor in(message.body);
      const std::uint32_t process_id = in.u32(), secret_key = in.u32();
      if (in.ok()) {
        response.key = {process_id, secret_key};
      } else {
        tx.raise(Event::kInvalidLength);
      }
      break;
    }
    case 'T': {
      const Columns columns = read_row_description(message);
      if (!response.rows) response.rows = columns;
      tx.data_messages = tx.data_bytes = 0;  // of several results the last one counts
      is_good = !columns.is_malformed;
      break;
    }
    case 'G':
    case 'H': {
      const auto columns = read_copy_columns(message);
      (message.type == 'G' ? response.copy_in : response.copy_out) = columns;
      if (!columns) tx.raise(Event::kInvalidLength);
      is_good = !columns || !columns->is_malformed;
      if (message.type == 'G') complete(tx);  // what the client sends is the next one
      break;
    }
    case 'c':
      response.is_copy_done = true;
      break;
    case 'C': {
      ByteCursor in(message.body);
      response.command = tx.arena.copy(take_text(in));
      break;
    }
    default:  // notices, notifications, the extended query protocol
      --response.kept;
      break;
  }
  if (!is_good) tx.raise(Event::kMalformedResponse);
}

bool PgsqlParser::on_authentication(const RawMessage& message, PgsqlTransaction& tx) {
  enum : std::uint32_t {
    kOk = 0,
    kCleartext = 3,
    kMd5 = 5,
    kSspi = 9,
    kSasl = 10,
    kSaslContinue = 11,
    kSaslFinal = 12
  };
  ByteCursor in(message.body);
  const std::uint32_t type = in.u32();
  if (!in.ok()) return false;
  Response& response = tx.response;
  secret_ = Secret::kPassword;
  switch (type) {
    case kOk:
      response.authentication = "authentication_ok";
      return true;
    case kSaslFinal:
      response.sasl_final = tx.arena.copy(as_text(in.rest()));
      return true;
    case kCleartext:
      response.authentication = "authentication_cleartext_password";
      break;
    case kMd5:
      response.md5_salt = tx.arena.copy(in.rest());
      break;
    case kSspi:
      response.authentication = "authentication_sspi";
      secret_ = Secret::kToken;
      break;
    case kSasl:
      response.authentication = "authentication_sasl";
      secret_ = Secret::kSaslInitial;
      break;
    case kSaslContinue:
      response.authentication = "authentication_sasl_continue";
      secret_ = Secret::kSaslResponse;
      break;
    default:
      secret_ = Secret::kToken;
      complete(tx);
      return false;
  }
  complete(tx);  // the client's turn
  return true;
}

// --- transactions -------------------------------------------------------------------------------

PgsqlTransaction* PgsqlParser::begin(RequestKind kind) {
  PgsqlTransaction* const tx = ExchangeParser::begin<PgsqlTransaction>(options_.max_transactions,
                                                                       Event::kTooManyTransactions);
  if (tx != nullptr) tx->request.kind = kind;
  return tx;
}

PgsqlTransaction* PgsqlParser::waiting() {
  for (Transaction* const transaction : transactions_) {
    if (transaction->progress[index_of(Direction::kToClient)] == kComplete) continue;
    return static_cast<PgsqlTransaction*>(transaction);
  }
  return nullptr;
}

void PgsqlParser::complete(PgsqlTransaction& tx) {
  ExchangeParser::complete(tx);
  if (copy_ == &tx) copy_ = nullptr;
}

ParseStatus PgsqlParser::give_up() {
  if (PgsqlTransaction* const tx = begin(RequestKind::kNone)) {
    tx->raise(Event::kInvalidLength);
    complete(*tx);
  }
  return ParseStatus::kMalformed;
}

ParseStatus PgsqlParser::gap(const AppInput& input, std::size_t missing) {
  if (is_encrypted_) return ParseStatus::kDone;
  const bool is_harmless = readers_[index_of(input.direction)].pass_gap(missing);
  return is_harmless ? ParseStatus::kDone : ParseStatus::kMalformed;
}

void PgsqlParser::free_transaction(Transaction* transaction) {
  if (copy_ == transaction) copy_ = nullptr;
  ExchangeParser::free_transaction(transaction);
}

}  // namespace culvert::pgsql
