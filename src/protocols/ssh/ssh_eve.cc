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
  if (tx.wants_hassh() && !peer.hassh_string.empty()) {
    json.begin_object("hassh");
    json.field("hash", tx.hassh_of(sender));
    json.field("string", peer.hassh_string);
    json.end_object();
  }
  json.end_object();
}

}  // namespace

namespace {

bool write_object(const SshTransaction& tx, JsonWriter& json) {
  if (tx.peers[0].protocol.empty() && tx.peers[1].protocol.empty()) return false;
  json.begin_object("ssh");
  write_peer("client", tx, Direction::kToServer, json);
  write_peer("server", tx, Direction::kToClient, json);
  json.end_object();
  return true;
}

/// With the banners, where nobody waits for HASSH.
bool write_early(const Flow&, const Transaction& transaction, Direction, const EveOptionsBase*,
                 JsonWriter& json) {
  const auto& tx = static_cast<const SshTransaction&>(transaction);
  if (tx.wants_hassh()) return false;
  tx.was_logged_early = true;
  return write_object(tx, json);
}
bool write_late(const Flow&, const Transaction& transaction, Direction, const EveOptionsBase*,
                JsonWriter& json) {
  const auto& tx = static_cast<const SshTransaction&>(transaction);
  return !tx.was_logged_early && write_object(tx, json);
}

}  // namespace

void write_metadata(const Flow&, const Transaction& transaction, JsonWriter& json) {
  write_object(static_cast<const SshTransaction&>(transaction), json);
}

constinit const EveLogger kSshLoggers[2] = {{.event_type = "ssh",
                                             .to_server_progress = kBannerDone,
                                             .to_client_progress = kBannerDone,
                                             .write = write_early},
                                            {.event_type = "ssh",
                                             .to_server_progress = kFinished,
                                             .to_client_progress = kFinished,
                                             .write = write_late}};

}  // namespace culvert::ssh
