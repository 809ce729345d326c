#include "protocols/pgsql/pgsql_eve.h"

#include <fmt/format.h>

#include <string>

#include "event/json_writer.h"
#include "protocols/pgsql/pgsql_transaction.h"

namespace culvert::pgsql {
namespace {

/// An array of objects with one field each.
void write_list(std::string_view key, const std::vector<Field>& fields, JsonWriter& json) {
  if (fields.empty()) return;
  json.begin_array(key);
  for (const auto& [name, value] : fields) {
    json.begin_object();
    json.wire_field(name, value);
    json.end_object();
  }
  json.end_array();
}

void write_startup(const Request& request, JsonWriter& json) {
  json.field("protocol_version", fmt::format("{}.{}", request.major, request.minor));
  json.begin_object("startup_parameters");
  if (!request.user.empty()) json.field("user", request.user);
  write_list("optional_parameters", request.parameters, json);
  json.end_object();
}

std::string_view name_of_mechanism(std::string_view mechanism) {
  if (mechanism == "SCRAM-SHA-256") return "scram_SHA256";
  return mechanism == "SCRAM-SHA-256-PLUS" ? "scram_SHA256_plus" : mechanism;
}

void write_copy_in(const PgsqlTransaction& tx, JsonWriter& json) {
  json.begin_object("copy_data_in");
  json.field("msg_count", tx.data_messages);
  json.field("data_size", tx.data_bytes);
  json.end_object();
  if (tx.request.is_copy_done) json.field("message", "copy_done");
  if (tx.request.copy_failure) json.field("copy_fail", *tx.request.copy_failure);
}

void write_request(const PgsqlTransaction& tx, bool with_passwords, JsonWriter& json) {
  const Request& request = tx.request;
  if (request.kind == RequestKind::kNone) return;
  json.begin_object("request");
  switch (request.kind) {
    case RequestKind::kNone:
      break;
    case RequestKind::kSsl:
      json.field("message", "SSL Request");
      break;
    case RequestKind::kGss:
      json.field("message", "GSSENC Request");
      break;
    case RequestKind::kStartup:
      write_startup(request, json);
      break;
    case RequestKind::kPassword:
      if (with_passwords) {
        json.field("password", request.text);
      } else {
        json.field("password_redacted", true);
      }
      break;
    case RequestKind::kSaslInitial:
      json.field("sasl_authentication_mechanism", name_of_mechanism(request.mechanism));
      json.field("sasl_param", request.text);
      break;
    case RequestKind::kSaslResponse:
      json.field("sasl_response", request.text);
      break;
    case RequestKind::kQuery:
      json.field("simple_query", request.text);
      break;
    case RequestKind::kCopyIn:
      write_copy_in(tx, json);
      break;
    case RequestKind::kCancel:
      json.field("message", "cancel_request");
      json.field("process_id", request.process_id);
      json.field("secret_key", request.secret_key);
      break;
    case RequestKind::kTerminate:
      json.field("message", "termination_message");
      break;
  }
  json.end_object();
}

void write_columns(std::string_view key, const Columns& columns, JsonWriter& json) {
  json.begin_object(key);
  json.field("malformed", columns.is_malformed);
  json.field("columns", columns.count);
  json.end_object();
}

void write_result(const PgsqlTransaction& tx, JsonWriter& json) {
  const Response& response = tx.response;
  if (response.copy_in) write_columns("copy_in_response", *response.copy_in, json);
  if (response.copy_out) write_columns("copy_out_response", *response.copy_out, json);
  const bool has_data = tx.data_messages > 0;
  if (response.copy_out && has_data) {
    json.begin_object("copy_data_out");
    json.field("row_count", tx.data_messages);
    json.field("data_size", tx.data_bytes);
    json.end_object();
  }
  if (response.is_copy_done) json.field("message", "copy_done");
  if (response.rows) {
    json.field("row_description_malformed", response.rows->is_malformed);
    json.field("field_count", response.rows->count);
  }
  if (!response.command) return;
  // Of a copy to the server, too, the reference tells how much it was.
  if (has_data && !response.copy_out) {
    json.field("data_rows", tx.data_messages);
    json.field("data_size", tx.data_bytes);
  }
  json.field("command_completed", *response.command);
}

void write_response(const PgsqlTransaction& tx, JsonWriter& json) {
  const Response& response = tx.response;
  if (response.is_empty()) return;
  json.begin_object("response");
  if (response.ssl_accepted) {
    const bool of_ssl = tx.request.kind != RequestKind::kGss;
    json.field(of_ssl ? "ssl_accepted" : "gss_accepted", *response.ssl_accepted);
  }
  if (response.sasl_final) json.field("authentication_sasl_final", *response.sasl_final);
  if (response.md5_salt) json.field("authentication_md5_password", *response.md5_salt);
  if (!response.authentication.empty()) json.field("message", response.authentication);
  for (const auto& [name, value] : response.error_fields) json.field(name, value);
  write_list("parameter_status", response.parameters, json);
  if (response.key) {
    json.field("process_id", response.key->process_id);
    json.field("secret_key", response.key->secret_key);
  }
  write_result(tx, json);
  json.end_object();
}

void write_object(const PgsqlTransaction& tx, bool with_passwords, JsonWriter& json) {
  json.begin_object("pgsql");
  json.field("tx_id", tx.id + 1);
  write_request(tx, with_passwords, json);
  write_response(tx, json);
  json.end_object();
}

struct PgsqlEveOptions final : EveOptionsBase {
  bool passwords = false;
};

std::unique_ptr<EveOptionsBase> parse_options(const ConfigNode* node, Complaints& complaints) {
  auto options = std::make_unique<PgsqlEveOptions>();
  if (node != nullptr && !node->is_null()) {
    options->passwords = node->boolean("passwords", false, complaints);
  }
  return options;
}

bool write_eve(const Flow&, const Transaction& transaction, Direction, const EveOptionsBase* base,
               JsonWriter& json) {
  const bool passwords = base != nullptr && static_cast<const PgsqlEveOptions&>(*base).passwords;
  write_object(static_cast<const PgsqlTransaction&>(transaction), passwords, json);
  return true;
}

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  write_object(static_cast<const PgsqlTransaction&>(transaction), false, json);
}

const EveLogger kPgsqlLoggers[1] = {{.event_type = "pgsql",
                                     .on_by_default = false,
                                     .parse_options = parse_options,
                                     .to_server_progress = TwoStates::kComplete,
                                     .to_client_progress = TwoStates::kComplete,
                                     .write = write_eve}};

}  // namespace culvert::pgsql
