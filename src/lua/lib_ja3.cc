// suricata.ja3: fingerprints of the hellos of a TLS connection.

#include "lua/library.h"
#include "protocols/tls/fingerprint.h"
#include "protocols/tls/tls_transaction.h"

namespace culvert::lua {
namespace {

using tls::TlsTransaction;

constexpr char kType[] = "suricata:ja3:tx";

const TlsTransaction& tls_of(lua_State* state) {
  return checked_transaction<TlsTransaction>(state, kType, AppProto::kTls);
}

template <bool (*kMake)(const TlsTransaction&), std::array<char, 32> tls::Fingerprints::*kField>
int hash(lua_State* state) {
  const TlsTransaction& tls = tls_of(state);
  if (kMake(tls)) {
    const auto& text = tls.fingerprints.*kField;
    return push_text(state, {text.data(), text.size()});
  }
  lua_pushnil(state);
  return 1;
}

template <bool (*kMake)(const TlsTransaction&), std::string_view tls::Fingerprints::*kField>
int string(lua_State* state) {
  const TlsTransaction& tls = tls_of(state);
  if (kMake(tls)) return push_text(state, tls.fingerprints.*kField);
  lua_pushnil(state);
  return 1;
}

constexpr luaL_Reg kMethods[] = {
    {"ja3_get_hash", hash<tls::make_ja3, &tls::Fingerprints::ja3_hash>},
    {"ja3_get_string", string<tls::make_ja3, &tls::Fingerprints::ja3_string>},
    {"ja3s_get_hash", hash<tls::make_ja3s, &tls::Fingerprints::ja3s_hash>},
    {"ja3s_get_string", string<tls::make_ja3s, &tls::Fingerprints::ja3s_string>}};

int get_tx(lua_State* state) {
  return push_transaction(state, AppProto::kTls, kType, kMethods);
}

/// They are made when asked for.
int enable_ja3(lua_State* /*state*/) { return 0; }

constexpr luaL_Reg kFunctions[] = {{"get_tx", get_tx}, {"enable_ja3", enable_ja3}};

}  // namespace

int open_ja3(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
