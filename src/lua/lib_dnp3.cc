// suricata.dnp3: a message of DNP3 as a table.

#include "lua/library.h"
#include "protocols/dnp3/dnp3_parser.h"

namespace culvert::lua {
namespace {

using dnp3::Dnp3Transaction;

void set_number(lua_State* state, const char* key, lua_Integer value) {
  lua_pushinteger(state, value);
  lua_setfield(state, -2, key);
}
void set_flag(lua_State* state, const char* key, bool value) {
  lua_pushboolean(state, value ? 1 : 0);
  lua_setfield(state, -2, key);
}

void push_message(lua_State* state, const Dnp3Transaction& tx) {
  lua_newtable(state);
  set_flag(state, "done", tx.is_reassembled);
  set_flag(state, "complete", tx.objects.is_complete);
  lua_newtable(state);
  set_number(state, "len", tx.link.length);
  set_number(state, "control", tx.link.control);
  set_number(state, "dst", tx.link.destination);
  set_number(state, "src", tx.link.source);
  set_number(state, "crc", tx.link.crc);
  lua_setfield(state, -2, "link_header");
  set_number(state, "transport_header", tx.transport);
  lua_newtable(state);
  set_number(state, "control", tx.control);
  set_number(state, "function_code", tx.function);
  lua_setfield(state, -2, "application_header");
  if (tx.is_response()) set_number(state, "indicators", tx.indications);
  lua_newtable(state);
  lua_Integer number = 0;
  for (const dnp3::Object& object : tx.objects.objects) {
    lua_newtable(state);
    set_number(state, "group", object.group);
    set_number(state, "variation", object.variation);
    lua_rawseti(state, -2, ++number);
  }
  lua_setfield(state, -2, "objects");
}

int get_tx(lua_State* state) {
  const auto* const tx = transaction_as<Dnp3Transaction>(state, AppProto::kDnp3);
  if (tx == nullptr) return push_failure(state, "error: no dnp3 transaction");
  lua_newtable(state);
  set_number(state, "tx_num", static_cast<lua_Integer>(tx->id) + 1);
  set_flag(state, "is_request", !tx->is_response());
  push_message(state, *tx);
  lua_setfield(state, -2, tx->is_response() ? "response" : "request");
  return 1;
}

constexpr luaL_Reg kFunctions[] = {{"get_tx", get_tx}};

}  // namespace

int open_dnp3(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
