#include "protocols/ldap/ldap_message.h"

#include <array>
#include <utility>

#include "protocols/asn1/ber_reader.h"
#include "rule/value.h"

namespace culvert::ldap {
namespace {

constexpr std::pair<Operation, std::string_view> kOperations[] = {
    {Operation::kBindRequest, "bind_request"},
    {Operation::kBindResponse, "bind_response"},
    {Operation::kUnbindRequest, "unbind_request"},
    {Operation::kSearchRequest, "search_request"},
    {Operation::kSearchResultEntry, "search_result_entry"},
    {Operation::kSearchResultDone, "search_result_done"},
    {Operation::kModifyRequest, "modify_request"},
    {Operation::kModifyResponse, "modify_response"},
    {Operation::kAddRequest, "add_request"},
    {Operation::kAddResponse, "add_response"},
    {Operation::kDelRequest, "del_request"},
    {Operation::kDelResponse, "del_response"},
    {Operation::kModDnRequest, "mod_dn_request"},
    {Operation::kModDnResponse, "mod_dn_response"},
    {Operation::kCompareRequest, "compare_request"},
    {Operation::kCompareResponse, "compare_response"},
    {Operation::kAbandonRequest, "abandon_request"},
    {Operation::kSearchResultReference, "search_result_reference"},
    {Operation::kExtendedRequest, "extended_request"},
    {Operation::kExtendedResponse, "extended_response"},
    {Operation::kIntermediateResponse, "intermediate_response"},
};

constexpr std::pair<std::int64_t, std::string_view> kResults[] = {
    {0, "success"},
    {1, "operations_error"},
    {2, "protocol_error"},
    {3, "time_limit_exceeded"},
    {4, "size_limit_exceeded"},
    {5, "compare_false"},
    {6, "compare_true"},
    {7, "auth_method_not_supported"},
    {8, "stronger_auth_required"},
    {10, "referral"},
    {11, "admin_limit_exceeded"},
    {12, "unavailable_critical_extension"},
    {13, "confidentiality_required"},
    {14, "sasl_bind_in_progress"},
    {16, "no_such_attribute"},
    {17, "undefined_attribute_type"},
    {18, "inappropriate_matching"},
    {19, "constraint_violation"},
    {20, "attribute_or_value_exists"},
    {21, "invalid_attribute_syntax"},
    {32, "no_such_object"},
    {33, "alias_problem"},
    {34, "invalid_dns_syntax"},
    {35, "is_leaf"},
    {36, "alias_dereferencing_problem"},
    {48, "inappropriate_authentication"},
    {49, "invalid_credentials"},
    {50, "insufficient_access_rights"},
    {51, "busy"},
    {52, "unavailable"},
    {53, "unwilling_to_perform"},
    {54, "loop_detect"},
    {64, "naming_violation"},
    {65, "object_class_violation"},
    {66, "not_allowed_on_non_leaf"},
    {67, "not_allowed_on_rdn"},
    {68, "entry_already_exists"},
    {69, "object_class_mods_prohibited"},
    {71, "affects_multiple_dsas"},
    {80, "other"},
};

/// Steps over the fixed fields of a search request.
BerReader skip_to_filter(BerReader in) {
  in.content(kBerOctetString);  // base
  in.number(kBerEnumerated);    // scope
  in.number(kBerEnumerated);    // aliases
  in.number();                  // sizes and times
  in.number();
  in.content(kBerBoolean);
  return in;
}

}  // namespace

std::string_view name_of(Operation operation) {
  for (const auto& [each, name] : kOperations) {
    if (each == operation) return name;
  }
  return {};
}
std::optional<std::uint64_t> find_operation(std::string_view word) {
  for (const auto& [operation, name] : kOperations) {
    if (equals_ignoring_case(word, name)) return static_cast<std::uint64_t>(operation);
  }
  return std::nullopt;
}
std::string_view name_of_result(std::int64_t code) {
  for (const auto& [each, name] : kResults) {
    if (each == code) return name;
  }
  return {};
}
std::optional<std::uint64_t> find_result(std::string_view word) {
  for (const auto& [code, name] : kResults) {
    if (equals_ignoring_case(word, name)) return static_cast<std::uint64_t>(code);
  }
  return std::nullopt;
}

bool is_request(Operation operation) {
  switch (operation) {
    case Operation::kBindRequest:
    case Operation::kUnbindRequest:
    case Operation::kSearchRequest:
    case Operation::kModifyRequest:
    case Operation::kAddRequest:
    case Operation::kDelRequest:
    case Operation::kModDnRequest:
    case Operation::kCompareRequest:
    case Operation::kAbandonRequest:
    case Operation::kExtendedRequest:
      return true;
    default:
      return false;
  }
}

bool has_result(Operation operation) {
  switch (operation) {
    case Operation::kBindResponse:
    case Operation::kSearchResultDone:
    case Operation::kModifyResponse:
    case Operation::kAddResponse:
    case Operation::kDelResponse:
    case Operation::kModDnResponse:
    case Operation::kCompareResponse:
    case Operation::kExtendedResponse:
      return true;
    default:
      return false;
  }
}

bool ends_transaction(Operation operation) {
  return has_result(operation) || operation == Operation::kUnbindRequest ||
         operation == Operation::kAbandonRequest;
}

std::optional<Message> Message::parse(Bytes element) {
  BerReader whole(element);
  BerReader in = whole.inside(kBerSequence);
  const std::int64_t id = in.number();
  const BerElement operation = in.next();
  if (!in.ok() || id < 0 || id > 0x7fffffff || (operation.tag & 0xc0u) != 0x40) return std::nullopt;
  Message message{.id = static_cast<std::uint32_t>(id),
                  .operation = static_cast<Operation>(operation.tag & 0x1fu),
                  .body = operation.content};
  if (name_of(message.operation).empty()) return std::nullopt;
  if (has_result(message.operation) && !message.result()) return std::nullopt;
  if (message.operation == Operation::kSearchRequest &&
      !skip_to_filter(BerReader(message.body)).ok()) {
    return std::nullopt;
  }
  return message;
}

std::optional<Message::Result> Message::result() const {
  if (!has_result(operation)) return std::nullopt;
  BerReader in(body);
  Result result;
  result.code = in.number(kBerEnumerated);
  result.matched_dn = as_text(in.content(kBerOctetString));
  result.text = as_text(in.content(kBerOctetString));
  if (!in.ok()) return std::nullopt;
  result.rest = in.rest();
  return result;
}

std::optional<std::string_view> Message::dn() const {
  BerReader in(body);
  switch (operation) {
    case Operation::kBindRequest:
      in.number();  // version
      break;
    case Operation::kDelRequest:
      return as_text(body);
    case Operation::kSearchRequest:
    case Operation::kSearchResultEntry:
    case Operation::kModifyRequest:
    case Operation::kAddRequest:
    case Operation::kModDnRequest:
    case Operation::kCompareRequest:
      break;
    default: {
      const auto found = result();
      if (!found) return std::nullopt;
      return found->matched_dn;
    }
  }
  const auto name = in.optional(kBerOctetString);
  if (!name) return std::nullopt;
  return as_text(*name);
}

std::optional<std::string_view> Message::attribute_type(std::uint32_t n) const {
  BerReader in(body);
  switch (operation) {
    case Operation::kSearchRequest: {
      in = skip_to_filter(in);
      in.next();
      BerReader names = in.inside(kBerSequence);
      for (; names.ok() && !names.empty(); --n) {
        const Bytes name = names.content(kBerOctetString);
        if (n == 0 && names.ok()) return as_text(name);
      }
      return std::nullopt;
    }
    case Operation::kCompareRequest: {
      in.content(kBerOctetString);
      BerReader assertion = in.inside(kBerSequence);
      const auto name = assertion.optional(kBerOctetString);
      if (n != 0 || !name) return std::nullopt;
      return as_text(*name);
    }
    case Operation::kModifyRequest:
    case Operation::kAddRequest:
    case Operation::kSearchResultEntry: {
      in.content(kBerOctetString);
      BerReader list = in.inside(kBerSequence);
      for (; list.ok() && !list.empty(); --n) {
        BerReader item = list.inside(kBerSequence);
        if (operation == Operation::kModifyRequest) {
          item.number(kBerEnumerated);
          item = item.inside(kBerSequence);
        }
        const Bytes name = item.content(kBerOctetString);
        if (n == 0 && item.ok()) return as_text(name);
      }
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::optional<std::string_view> Message::extended_name() const {
  if (operation != Operation::kExtendedRequest) return std::nullopt;
  BerReader in(body);
  const auto name = in.optional(0x80);
  if (!name) return std::nullopt;
  return as_text(*name);
}

}  // namespace culvert::ldap
