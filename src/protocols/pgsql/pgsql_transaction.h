// A request of a client of PostgreSQL, and what the server said to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "app/transaction.h"
#include "app/two_states.h"
#include "base/arena.h"
#include "base/bytes.h"

namespace culvert::pgsql {

enum class Event : std::uint8_t {
  kInvalidLength,
  kMalformedRequest,
  kMalformedResponse,
  kTooManyTransactions,
  kTooManyResponses,
};
inline constexpr std::string_view kEventNames[] = {"invalid_length", "malformed_request",
                                                   "malformed_response", "too_many_transactions",
                                                   "too_many_responses"};

enum class RequestKind : std::uint8_t {
  kNone,  ///< malformed, or never seen
  kSsl,
  kGss,
  kStartup,
  kPassword,
  kSaslInitial,
  kSaslResponse,
  kQuery,
  kCopyIn,
  kCancel,
  kTerminate,
};

using Field = std::pair<std::string_view, std::string_view>;

struct Request {
  RequestKind kind = RequestKind::kNone;
  std::uint16_t major = 0, minor = 0;  ///< of a startup
  std::string_view user;
  std::vector<Field> parameters;
  std::string_view text;                         ///< query, password, or content of SASL
  std::string_view mechanism;                    ///< of SASL
  std::uint32_t process_id = 0, secret_key = 0;  ///< to cancel
  bool is_copy_done = false;
  std::optional<std::string_view> copy_failure;
};

/// How many columns a message announces.
struct Columns {
  std::uint16_t count = 0;
  bool is_malformed = false;
};

struct Response {
  std::optional<bool> ssl_accepted;
  std::string_view authentication;  ///< "authentication_ok"; empty: none
  std::optional<Bytes> md5_salt;
  std::optional<std::string_view> sasl_final;
  std::vector<Field> error_fields;  ///< by EVE's names
  std::vector<Field> parameters;
  struct BackendKey {
    std::uint32_t process_id, secret_key;
  };
  std::optional<BackendKey> key;
  std::optional<Columns> rows, copy_in, copy_out;
  bool is_copy_done = false;
  std::optional<std::string_view> command;
  std::uint32_t kept = 0;  ///< messages that have been kept

  bool is_empty() const {
    return !ssl_accepted && authentication.empty() && !md5_salt && !sasl_final &&
           error_fields.empty() && parameters.empty() && !key && !rows && !copy_in && !copy_out &&
           !is_copy_done && !command;
  }
};

struct PgsqlTransaction final : Transaction {
  Request request;
  Response response;
  /// Rows of a result, or messages of a copy, in either direction.
  std::uint64_t data_messages = 0, data_bytes = 0;
  Arena arena{512};
};

}  // namespace culvert::pgsql
