#include "protocols/nfs/nfs_eve.h"

#include <array>
#include <string>

#include "event/json_writer.h"
#include "protocols/nfs/nfs_names.h"
#include "protocols/nfs/nfs_parser.h"

namespace culvert::nfs {
namespace {

void write_hash(std::uint32_t hash, JsonWriter& json) {
  const std::array<std::byte, 4> bytes = {std::byte(hash >> 24), std::byte(hash >> 16 & 0xff),
                                          std::byte(hash >> 8 & 0xff), std::byte(hash & 0xff)};
  json.field_hex("hhash", bytes);
}

void write_pieces(std::string_view key, const NfsTransaction& tx, JsonWriter& json) {
  json.begin_object(key);
  json.field("first", tx.is_file);
  json.field("last", tx.is_last);
  if (tx.is_file) {
    json.field("last_xid", tx.is_last ? tx.last_xid : 0);
    json.field("chunks", tx.chunks);
  }
  json.end_object();
}

bool write_eve(const Flow& flow, const Transaction& transaction, Direction, const EveOptionsBase*,
               JsonWriter& json) {
  constexpr std::uint32_t kGetAttr = 1;  // too many of them
  const auto& tx = static_cast<const NfsTransaction&>(transaction);
  if (tx.version < 4 && tx.procedure == kGetAttr) return false;
  write_metadata(flow, transaction, json);
  return true;
}

bool has_header_of_flow(const Transaction&, const EveOptionsBase*) { return true; }

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  const auto& tx = static_cast<const NfsTransaction&>(transaction);
  const Credentials& credentials = tx.credentials;
  json.begin_object("rpc");
  json.field("xid", tx.xid);
  json.field("status", "ACCEPTED");
  json.field("auth_type", credentials.flavour == Credentials::kUnix ? "UNIX" : "NULL");
  if (credentials.flavour == Credentials::kUnix) {
    json.begin_object("creds");
    json.field("machine_name", credentials.machine);
    json.field("uid", credentials.uid);
    json.field("gid", credentials.gid);
    json.end_object();
  }
  json.end_object();
  const std::string procedure = name_of_procedure(tx.version, tx.procedure);
  json.begin_object("nfs");
  json.field("version", tx.version);
  json.field("procedure", procedure);
  json.field("filename", tx.name);
  if (tx.handle_hash) write_hash(*tx.handle_hash, json);
  json.field("id", tx.id + 1);
  json.field("file_tx", tx.is_file);
  json.field("type", "response");
  json.field("status", name_of_status(tx.status));
  if (procedure == "READ") write_pieces("read", tx, json);
  if (procedure == "WRITE") write_pieces("write", tx, json);
  if (procedure == "RENAME") {
    json.begin_object("rename");
    json.field("from", tx.name);
    json.field("to", tx.renamed_to);
    json.end_object();
  }
  json.end_object();
}

constinit const EveLogger kNfsLoggers[1] = {{.event_type = "nfs",
                                             .to_server_progress = TwoStates::kComplete,
                                             .to_client_progress = TwoStates::kComplete,
                                             .once = true,
                                             .write = write_eve,
                                             .header_of_flow = has_header_of_flow}};

}  // namespace culvert::nfs
