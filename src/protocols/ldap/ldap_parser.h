// LDAP over TCP and UDP: requests and responses to transactions.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "app/exchange_parser.h"
#include "base/arena.h"
#include "protocols/ldap/ldap_message.h"

namespace culvert::ldap {

/// A message.
inline constexpr std::uint8_t kPduFrame = 0;
inline constexpr std::string_view kFrameNames[] = {"pdu"};

enum class Event : std::uint8_t {
  kTooManyTransactions,
  kInvalidData,
  kRequestNotFound,
  kTooManyResponses,
};
inline constexpr std::string_view kEventNames[] = {"too_many_transactions", "invalid_data",
                                                   "request_not_found", "too_many_responses"};

struct LdapTransaction final : Transaction {
  std::optional<Message> request;
  std::vector<Message> responses;
  std::size_t kept_bytes = 0;
  Arena arena{512};
};

class LdapParser final : public ExchangeParser {
 public:
  static constexpr std::size_t kMostMessageBytes = 64 * 1024;
  static constexpr std::size_t kMostTransactions = 256;
  static constexpr std::size_t kMostResponses = 256;
  static constexpr std::size_t kMostKeptBytes = 256 * 1024;

  explicit LdapParser(bool is_stream) : is_stream_(is_stream) {}

  ParseStatus feed(const AppInput& input) override;

 private:
  /// Takes the elements that are whole; `used` says how many bytes they are. False: malformed.
  bool take_messages(const AppInput& input, Bytes bytes, std::size_t& used);
  /// The transaction that it is part of; null: there are too many.
  LdapTransaction* on_request(const Message& message);
  LdapTransaction* on_response(const Message& message);
  void keep(LdapTransaction& tx, const Message& message);
  LdapTransaction* find(std::uint32_t id);
  void complain();

  bool is_stream_;
  bool starts_tls_ = false;  ///< a request to start TLS waits for its response
  std::array<std::vector<std::byte>, 2> held_;
};

}  // namespace culvert::ldap
