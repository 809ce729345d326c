#include "protocols/ssh/ssh_eve.h"

#include <string>

#include "event/json_writer.h"
#include "protocols/ssh/ssh_types.h"

namespace culvert::ssh {
namespace {

constexpr std::size_t kMostText = 256;  // of a banner's fields

void write_text(std::string_view key, std::string_view text, JsonWriter& json) {
  if (text.size() <= kMostText) {
    json.field(key, text);
    return;
  }
  std::string cut(text.substr(0, kMostText));
  cut += "[truncated " + std::to_string(text.size() - kMostText) + " additional bytes]";
  json.field(key, cut);
}

void write_peer(std::string_view key, const SshTransaction& tx, Direction sender,
                JsonWriter& json) {
  const Peer& peer = tx.peer(sender);
  if (peer.protocol.empty()) return;
  json.begin_object(key);
  write_text("proto_version", peer.protocol, json);
  if (!peer.software.empty()) write_text("software_version", peer.software, json);
  const bool wants_hassh =
      tx.hassh_mode == HasshMode::kYes || (tx.hassh_mode == HasshMode::kAuto && tx.hassh_was_asked);
  if (wants_hassh && !peer.hassh_string.empty()) {
    json.begin_object("hassh");
    json.field("hash", tx.hassh_of(sender));
    json.field("string", peer.hassh_string);
    json.end_object();
  }
  json.end_object();
}

}  // namespace

bool write_eve(const Flow&, const Transaction& transaction, Direction, const EveOptionsBase*,
               JsonWriter& json) {
  const auto& tx = static_cast<const SshTransaction&>(transaction);
  if (tx.peers[0].protocol.empty() && tx.peers[1].protocol.empty()) return false;
  json.begin_object("ssh");
  write_peer("client", tx, Direction::kToServer, json);
  write_peer("server", tx, Direction::kToClient, json);
  json.end_object();
  return true;
}

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json) {
  write_eve(flow, transaction, Direction::kToServer, nullptr, json);
}

constinit const EveLogger kSshLoggers[1] = {{.event_type = "ssh",
                                             .to_server_progress = kFinished,
                                             .to_client_progress = kFinished,
                                             .write = write_eve}};

}  // namespace culvert::ssh
