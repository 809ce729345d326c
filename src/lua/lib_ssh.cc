// suricata.ssh: the banners of an SSH connection.

#include "lua/library.h"
#include "protocols/ssh/ssh_types.h"

namespace culvert::lua {
namespace {

using ssh::Peer;
using ssh::SshTransaction;

constexpr char kType[] = "suricata:ssh:tx";

template <Direction kSender, std::string_view Peer::*kField>
int banner(lua_State* state) {
  luaL_checkudata(state, 1, kType);
  const auto* const ssh = transaction_as<SshTransaction>(state, AppProto::kSsh);
  if (ssh == nullptr) return push_failure(state, "no ssh transaction");
  const std::string_view text = ssh->peer(kSender).*kField;
  return push_text_or_nil(state, text.empty() ? std::string_view{} : text);
}

constexpr luaL_Reg kMethods[] = {
    {"server_proto", banner<Direction::kToClient, &Peer::protocol>},
    {"client_proto", banner<Direction::kToServer, &Peer::protocol>},
    {"server_software", banner<Direction::kToClient, &Peer::software>},
    {"client_software", banner<Direction::kToServer, &Peer::software>}};

int get_tx(lua_State* state) {
  return push_transaction(state, AppProto::kSsh, kType, kMethods);
}

constexpr luaL_Reg kFunctions[] = {{"get_tx", get_tx}};

}  // namespace

int open_ssh(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
