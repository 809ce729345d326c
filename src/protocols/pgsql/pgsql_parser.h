// The frontend/backend protocol of PostgreSQL, version 3, up to where it is encrypted.
#pragma once

#include <array>
#include <cstdint>

#include "app/exchange_parser.h"
#include "protocols/pgsql/message_reader.h"
#include "protocols/pgsql/pgsql_options.h"
#include "protocols/pgsql/pgsql_transaction.h"

namespace culvert::pgsql {

class PgsqlParser final : public ExchangeParser {
 public:
  explicit PgsqlParser(const PgsqlOptions& options) : options_(options) {}

  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  void free_transaction(Transaction* transaction) override;

 private:
  /// What the next message of type 'p' is: it does not say so itself.
  enum class Secret : std::uint8_t { kPassword, kSaslInitial, kSaslResponse, kToken };

  /// The server's one byte to a request for encryption. False: it was not that.
  bool take_encryption_answer(Bytes& bytes);
  void on_request(const RawMessage& message);
  void on_response(const RawMessage& message);
  void on_opening(const RawMessage& message);
  void on_copy(const RawMessage& message);
  void on_secret(const RawMessage& message);
  bool on_authentication(const RawMessage& message, PgsqlTransaction& tx);

  /// Null: there are too many.
  PgsqlTransaction* begin(RequestKind kind);
  /// The oldest that waits for its response; null: there is none.
  PgsqlTransaction* waiting();
  void complete(PgsqlTransaction& tx);
  ParseStatus give_up();

  const PgsqlOptions& options_;
  std::array<MessageReader, 2> readers_;
  PgsqlTransaction* copy_ = nullptr;  ///< whose data the client sends at the moment
  bool awaits_encryption_ = false;
  bool is_encrypted_ = false;  ///< nothing more can be read
  Secret secret_ = Secret::kPassword;
};

}  // namespace culvert::pgsql
