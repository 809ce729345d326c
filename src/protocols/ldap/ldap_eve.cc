#include "protocols/ldap/ldap_eve.h"

#include <string>

#include "app/spec_parts.h"
#include "event/json_writer.h"
#include "protocols/asn1/ber_reader.h"
#include "protocols/ldap/ldap_parser.h"

namespace culvert::ldap {
namespace {

void write_optional(std::string_view key, BerReader& in, std::uint8_t tag, JsonWriter& json) {
  if (const auto value = in.optional(tag)) json.field(key, *value);
}

/// A SET or SEQUENCE of strings.
void write_strings(std::string_view key, BerReader in, JsonWriter& json) {
  if (in.empty()) return;
  json.begin_array(key);
  while (in.ok() && !in.empty()) {
    const Bytes value = in.content(kBerOctetString);
    if (in.ok()) json.item(value);
  }
  json.end_array();
}

/// A list of attributes: name and values.
void write_attributes(std::string_view name_key, BerReader list, JsonWriter& json) {
  if (list.empty()) return;
  json.begin_array("attributes");
  while (list.ok() && !list.empty()) {
    BerReader attribute = list.inside(kBerSequence);
    const Bytes name = attribute.content(kBerOctetString);
    if (!attribute.ok()) break;
    json.begin_object();
    json.field(name_key, name);
    write_strings("values", attribute.inside(kBerSet), json);
    json.end_object();
  }
  json.end_array();
}

void write_bind_request(BerReader in, JsonWriter& json) {
  json.field("version", in.number());
  json.field("name", in.content(kBerOctetString));
  const auto sasl = in.optional(0xa3);
  if (!sasl) return;
  BerReader inside(*sasl);
  json.begin_object("sasl");
  json.field("mechanism", inside.content(kBerOctetString));
  if (const auto credentials = inside.optional(kBerOctetString)) {
    json.field_hex("credentials", *credentials);
  }
  json.end_object();
}

void write_search_request(BerReader in, JsonWriter& json) {
  json.field("base_object", in.content(kBerOctetString));
  json.field("scope", in.number(kBerEnumerated));
  json.field("deref_alias", in.number(kBerEnumerated));
  json.field("size_limit", in.number());
  json.field("time_limit", in.number());
  const Bytes types_only = in.content(kBerBoolean);
  json.field("types_only", !types_only.empty() && types_only[0] != std::byte{0});
  const BerElement filter = in.next();
  if (filter.tag == 0x87) {  // "(name=*)", the only one that the reference writes
    json.begin_object("filter");
    json.field("type", "present");
    json.field("value", filter.content);
    json.end_object();
  }
  write_strings("attributes", in.inside(kBerSequence), json);
}

void write_modify_request(BerReader in, JsonWriter& json) {
  json.field("object", in.content(kBerOctetString));
  BerReader changes = in.inside(kBerSequence);
  json.begin_array("changes");
  while (changes.ok() && !changes.empty()) {
    BerReader change = changes.inside(kBerSequence);
    const std::int64_t operation = change.number(kBerEnumerated);
    BerReader attribute = change.inside(kBerSequence);
    const Bytes type = attribute.content(kBerOctetString);
    if (!attribute.ok()) break;
    json.begin_object();
    constexpr std::string_view kNames[] = {"add", "delete", "replace", "increment"};
    if (operation >= 0 && operation < 4) {
      json.field("operation", kNames[static_cast<std::size_t>(operation)]);
    } else {
      json.field("operation", "unknown-" + std::to_string(operation));
    }
    json.begin_object("modification");
    json.field("attribute_type", type);
    write_strings("attribute_values", attribute.inside(kBerSet), json);
    json.end_object();
    json.end_object();
  }
  json.end_array();
}

void write_mod_dn_request(BerReader in, JsonWriter& json) {
  json.field("entry", in.content(kBerOctetString));
  json.field("new_rdn", in.content(kBerOctetString));
  const Bytes flag = in.content(kBerBoolean);
  json.field("delete_old_rdn", !flag.empty() && flag[0] != std::byte{0});
  write_optional("new_superior", in, 0x80, json);
}

void write_compare_request(BerReader in, JsonWriter& json) {
  json.field("entry", in.content(kBerOctetString));
  BerReader assertion = in.inside(kBerSequence);
  json.begin_object("attribute_value_assertion");
  json.field("description", assertion.content(kBerOctetString));
  json.field("value", assertion.content(kBerOctetString));
  json.end_object();
}

void write_result(const Message& message, JsonWriter& json) {
  const auto result = message.result();
  if (!result) return;
  const std::string_view name = name_of_result(result->code);
  if (name.empty()) {
    json.field("result_code", "unknown-" + std::to_string(result->code));
  } else {
    json.field("result_code", name);
  }
  json.field("matched_dn", result->matched_dn);
  json.field("message", result->text);
  BerReader rest(result->rest);
  (void)rest.optional(0xa3);  // referral
  if (message.operation == Operation::kBindResponse) {
    if (const auto credentials = rest.optional(0x87)) {
      json.field_hex("server_sasl_creds", *credentials);
    }
  } else if (message.operation == Operation::kExtendedResponse) {
    write_optional("name", rest, 0x8a, json);
    write_optional("value", rest, 0x8b, json);
  }
}

void write_operation(const Message& message, JsonWriter& json) {
  BerReader in(message.body);
  switch (message.operation) {
    case Operation::kUnbindRequest:
    case Operation::kAbandonRequest:
    case Operation::kSearchResultReference:
      return;  // nothing to tell
    default:
      break;
  }
  json.begin_object(name_of(message.operation));
  switch (message.operation) {
    case Operation::kBindRequest:
      write_bind_request(in, json);
      break;
    case Operation::kSearchRequest:
      write_search_request(in, json);
      break;
    case Operation::kModifyRequest:
      write_modify_request(in, json);
      break;
    case Operation::kAddRequest:
      json.field("entry", in.content(kBerOctetString));
      write_attributes("name", in.inside(kBerSequence), json);
      break;
    case Operation::kDelRequest:
      json.field("dn", message.body);
      break;
    case Operation::kModDnRequest:
      write_mod_dn_request(in, json);
      break;
    case Operation::kCompareRequest:
      write_compare_request(in, json);
      break;
    case Operation::kSearchResultEntry:
      json.field("base_object", in.content(kBerOctetString));
      write_attributes("type", in.inside(kBerSequence), json);
      break;
    case Operation::kExtendedRequest:
    case Operation::kIntermediateResponse:
      write_optional("name", in, 0x80, json);
      write_optional("value", in, 0x81, json);
      break;
    default:
      write_result(message, json);
      break;
  }
  json.end_object();
}

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const LdapTransaction&>(transaction);
  json.begin_object("ldap");
  if (tx.request) {
    json.begin_object("request");
    json.field("message_id", tx.request->id);
    json.field("operation", name_of(tx.request->operation));
    write_operation(*tx.request, json);
    json.end_object();
  }
  if (!tx.responses.empty()) {
    json.begin_array("responses");
    for (const Message& response : tx.responses) {
      json.begin_object();
      json.field("operation", name_of(response.operation));
      if (!tx.request) json.field("message_id", response.id);
      write_operation(response, json);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

constinit const EveLogger kLdapLoggers[1] = {{.event_type = "ldap",
                                              .to_server_progress = TwoStates::kComplete,
                                              .to_client_progress = TwoStates::kComplete,
                                              .write = write_record_of<write_metadata>}};

}  // namespace culvert::ldap
