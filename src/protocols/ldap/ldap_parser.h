// LDAP over TCP and UDP: requests and responses to transactions.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "app/app_parser.h"
#include "base/arena.h"
#include "protocols/ldap/ldap_message.h"

namespace culvert::ldap {

inline constexpr std::string_view kRequestStates[] = {"request_started", "request_complete"};
inline constexpr std::string_view kResponseStates[] = {"response_started", "response_complete"};
inline constexpr std::uint8_t kComplete = 1;

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

  void raise(Event event) {
    const auto number = static_cast<std::uint8_t>(event);
    if (events.has(number)) return;
    events.add(number);
    new_events.add(number);
  }
};

class LdapParser final : public AppParser {
 public:
  static constexpr std::size_t kMostMessageBytes = 64 * 1024;
  static constexpr std::size_t kMostTransactions = 256;
  static constexpr std::size_t kMostResponses = 256;
  static constexpr std::size_t kMostKeptBytes = 256 * 1024;

  explicit LdapParser(bool is_stream) : is_stream_(is_stream) {}
  ~LdapParser() override;

  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  void finish(Direction direction) override;
  void free_transaction(Transaction* transaction) override;

 private:
  /// Takes the elements that are whole; `used` says how many bytes they are. False: malformed.
  bool take_messages(const AppInput& input, Bytes bytes, std::size_t& used);
  /// The transaction that it is part of; null: there are too many.
  LdapTransaction* on_request(const Message& message);
  LdapTransaction* on_response(const Message& message);
  bool is_full();
  void keep(LdapTransaction& tx, const Message& message);
  LdapTransaction& begin();
  LdapTransaction* find(std::uint32_t id);
  void complain();

  bool is_stream_;
  bool starts_tls_ = false;  ///< a request to start TLS waits for its response
  Timestamp time_{};
  std::array<std::vector<std::byte>, 2> held_;
};

}  // namespace culvert::ldap
