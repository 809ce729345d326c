// LDAP messages, RFC 4511 section 4.1.1: SEQUENCE { id INTEGER, operation [APPLICATION n], controls
// }.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace culvert::ldap {

/// Numbers of the application tags.
enum class Operation : std::uint8_t {
  kBindRequest = 0,
  kBindResponse = 1,
  kUnbindRequest = 2,
  kSearchRequest = 3,
  kSearchResultEntry = 4,
  kSearchResultDone = 5,
  kModifyRequest = 6,
  kModifyResponse = 7,
  kAddRequest = 8,
  kAddResponse = 9,
  kDelRequest = 10,
  kDelResponse = 11,
  kModDnRequest = 12,
  kModDnResponse = 13,
  kCompareRequest = 14,
  kCompareResponse = 15,
  kAbandonRequest = 16,
  kSearchResultReference = 19,
  kExtendedRequest = 23,
  kExtendedResponse = 24,
  kIntermediateResponse = 25,
};

/// "search_request"; empty: there is no such operation.
std::string_view name_of(Operation operation);
std::optional<std::uint64_t> find_operation(std::string_view word);
/// "no_such_object"; empty: no name. RFC 4511 section 4.1.9.
std::string_view name_of_result(std::int64_t code);
std::optional<std::uint64_t> find_result(std::string_view word);

bool is_request(Operation operation);
/// Whether no response follows: it is the last, or none is ever sent.
bool ends_transaction(Operation operation);
/// Whether it holds an LDAPResult.
bool has_result(Operation operation);

/// Views the bytes it was read from.
struct Message {
  std::uint32_t id = 0;
  Operation operation{};
  Bytes body;  ///< content of the operation

  /// One whole element. Nothing: it is no message, or its operation is malformed.
  static std::optional<Message> parse(Bytes element);

  struct Result {
    std::int64_t code = 0;
    std::string_view matched_dn, text;
    Bytes rest;  ///< referral and what the operation adds
  };
  std::optional<Result> result() const;
  /// The name that a request or search entry is about; nothing: it has none.
  std::optional<std::string_view> dn() const;
  /// The type of the nth attribute that it names.
  std::optional<std::string_view> attribute_type(std::uint32_t n) const;
  /// Of an extended request or response: its OID.
  std::optional<std::string_view> extended_name() const;
};

}  // namespace culvert::ldap
