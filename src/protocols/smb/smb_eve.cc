#include "protocols/smb/smb_eve.h"

#include <cstdio>
#include <iterator>
#include <memory>
#include <string>

#include "event/json_writer.h"
#include "protocols/dcerpc/dcerpc_eve.h"
#include "protocols/smb/smb_names.h"
#include "protocols/smb/smb_transaction.h"

namespace culvert::smb {
namespace {

void write_status(const Status& status, JsonWriter& json) {
  const auto error_class = static_cast<std::uint8_t>(status.code);
  const auto code = static_cast<std::uint16_t>(status.code >> 16);
  char text[32];
  const auto written = [&](int size) {
    return std::string_view(text, static_cast<std::size_t>(size));
  };
  if (status.is_dos) {
    const std::string_view name = name_of_dos_error(error_class, code);
    json.field("status", !name.empty()
                             ? name
                             : written(std::snprintf(text, sizeof text, "UNKNOWN_%02x_%04x",
                                                     error_class, code)));
    json.field("status_code", written(std::snprintf(text, sizeof text, "0x%04x", code)));
    return;
  }
  const std::string_view name = name_of_status(status.code);
  if (!name.empty()) json.field("status", name);
  json.field("status_code", written(std::snprintf(text, sizeof text, "0x%x", status.code)));
}

void write_negotiation(const Negotiation& negotiation, JsonWriter& json) {
  json.begin_array("client_dialects");
  for (const std::string& dialect : negotiation.dialects) json.item(dialect);
  json.end_array();
  if (!negotiation.client_guid.empty()) json.field("client_guid", negotiation.client_guid);
  if (!negotiation.server_guid.empty()) json.field("server_guid", negotiation.server_guid);
  if (negotiation.max_read_size) json.field("max_read_size", *negotiation.max_read_size);
  if (negotiation.max_write_size) json.field("max_write_size", *negotiation.max_write_size);
}

void write_host(std::string_view key, const std::optional<SessionSetup::Host>& host,
                JsonWriter& json) {
  if (!host) return;
  json.begin_object(key);
  json.field("native_os", host->native_os);
  json.field("native_lm", host->native_lm);
  json.end_object();
}

void write_session(const SessionSetup& session, JsonWriter& json) {
  if (const auto& ntlmssp = session.blob.ntlmssp) {
    json.begin_object("ntlmssp");
    json.field("domain", ntlmssp->domain);
    json.field("user", ntlmssp->user);
    json.field("host", ntlmssp->host);
    if (ntlmssp->version) json.field("version", *ntlmssp->version);
    json.end_object();
  }
  if (const auto& kerberos = session.blob.kerberos) {
    json.begin_object("kerberos");
    json.field("realm", kerberos->realm);
    json.begin_array("snames");
    for (const std::string& name : kerberos->names) json.item(name);
    json.end_array();
    json.end_object();
  }
  write_host("request", session.request, json);
  write_host("response", session.response, json);
}

void write_tree(const TreeConnect& tree, JsonWriter& json) {
  json.field(tree.is_pipe ? "named_pipe" : "share", tree.share);
  if (tree.share_type) {
    constexpr std::string_view kTypes[] = {"UNKNOWN", "FILE", "PIPE", "PRINT"};
    json.field("share_type", kTypes[*tree.share_type < std::size(kTypes) ? *tree.share_type : 0]);
  }
  if (!tree.request_service) return;
  json.begin_object("service");
  json.field("request", *tree.request_service);
  if (tree.response_service) json.field("response", *tree.response_service);
  json.end_object();
}

void write_creation(const Creation& creation, JsonWriter& json) {
  json.field(creation.is_directory && !creation.name.empty() ? "directory" : "filename",
             creation.name.empty() ? std::string_view("<share_root>") : creation.name);
  json.field("disposition", name_of_disposition(creation.disposition));
  json.field("access", creation.is_deleted ? "delete on close" : "normal");
  json.field("created", creation.created);
  json.field("accessed", creation.accessed);
  json.field("modified", creation.modified);
  json.field("changed", creation.changed);
  json.field("size", creation.size);
  json.field("fuid", creation.id.text());
}

void write_change(const InfoChange& change, JsonWriter& json) {
  if (!change.info_level.empty()) {
    json.begin_object("set_info");
    json.field("class", change.info_class);
    json.field("info_level", change.info_level);
    json.end_object();
  }
  if (!change.rename_to.empty()) {
    json.begin_object("rename");
    json.field("from", change.name);
    json.field("to", change.rename_to);
    json.end_object();
  } else {
    json.field("filename", change.name);
    json.field("access", change.is_deletion ? "delete on close" : "normal");
  }
  if (!change.subcommand.empty()) {
    json.field("subcmd", change.subcommand);
    json.field("level_of_interest", change.level);
  }
  json.field("fuid", change.id.text());
}

void write_interfaces(const dcerpc::Exchange& call, JsonWriter& json) {
  if (call.interfaces.empty()) return;
  json.begin_array("interfaces");
  for (const dcerpc::Interface& each : call.interfaces) {
    json.begin_object();
    json.field("uuid", each.uuid.text());
    json.field("version", std::to_string(each.major) + "." + std::to_string(each.minor));
    if (!call.is_request() && each.result) {
      json.field("ack_result", *each.result);
      json.field("ack_reason", 0);  // as the reference has it, whatever the server says
    }
    json.end_object();
  }
  json.end_array();
}

void write_call(const dcerpc::Exchange& call, JsonWriter& json) {
  json.begin_object("dcerpc");
  json.field("request", call.has_request ? dcerpc::name_of(call.request) : "REQUEST_LOST");
  json.field("response", call.has_response ? dcerpc::name_of(call.response) : "UNREPLIED");
  if (call.is_request()) {
    json.field("opnum", call.opnum);
    dcerpc::write_side("req", call.to_server, json);
    json.end_object();
  }
  write_interfaces(call, json);
  if (call.has_response && call.response == dcerpc::PduType::kResponse) {
    dcerpc::write_side("res", call.to_client, json);
    json.end_object();
  }
  json.field("call_id", call.call_id);
  json.end_object();
}

/// Names below `types` of the record.
std::string_view kind_of(const SmbTransaction& tx) {
  if (tx.call != nullptr) return "dcerpc";
  if (tx.file != nullptr) return "file";
  if (tx.tree != nullptr) return "tree_connect";
  if (tx.negotiation != nullptr) return "negotiate";
  if (tx.creation != nullptr) return "create";
  if (tx.session != nullptr) return "session_setup";
  if (tx.function) return "ioctl";
  if (tx.change != nullptr && !tx.change->rename_to.empty()) return "rename";
  if (tx.change != nullptr) return "set_file_path_info";
  return "generic";
}

struct SmbEveOptions final : EveOptionsBase {
  std::vector<std::string> types;  ///< empty: all
};

std::unique_ptr<EveOptionsBase> parse_options(const ConfigNode* node, Complaints&) {
  auto options = std::make_unique<SmbEveOptions>();
  if (node != nullptr && node->has("types")) options->types = node->texts("types");
  return options;
}

bool write_eve(const Flow& flow, const Transaction& transaction, Direction,
               const EveOptionsBase* given, JsonWriter& json) {
  const auto& tx = static_cast<const SmbTransaction&>(transaction);
  if (tx.version == 0) return false;  // holds events only
  const auto* const options = static_cast<const SmbEveOptions*>(given);
  if (options != nullptr && !options->types.empty()) {
    bool wanted = false;
    for (const std::string& type : options->types) wanted = wanted || type == kind_of(tx);
    if (!wanted) return false;
  }
  json.field("tx_id", tx.id);
  write_metadata(flow, transaction, json);
  return true;
}

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const SmbTransaction&>(transaction);
  if (tx.version == 0) return;
  json.begin_object("smb");
  json.field("id", tx.id + 1);
  json.field("dialect", tx.shared->dialect);
  json.field("command", name_of_command(tx.version, tx.command));
  if (tx.status) write_status(*tx.status, json);
  json.field("session_id", tx.session_id);
  json.field("tree_id", tx.tree_id);
  if (tx.negotiation != nullptr) write_negotiation(*tx.negotiation, json);
  if (tx.session != nullptr) write_session(*tx.session, json);
  if (tx.tree != nullptr) write_tree(*tx.tree, json);
  if (tx.creation != nullptr) write_creation(*tx.creation, json);
  if (tx.file != nullptr) {
    json.field("filename", tx.file->name);
    json.field("share", tx.file->share);
    json.field("fuid", tx.file->id.text());
  }
  if (tx.change != nullptr) write_change(*tx.change, json);
  if (tx.function) json.field("function", name_of_function(*tx.function));
  if (tx.call != nullptr) write_call(*tx.call, json);
  json.end_object();
}

const EveLogger kSmbLoggers[1] = {{.event_type = "smb",
                                   .parse_options = parse_options,
                                   .to_server_progress = TwoStates::kComplete,
                                   .to_client_progress = TwoStates::kComplete,
                                   .write = write_eve}};

}  // namespace culvert::smb
