// suricata.tls: versions and certificates of a TLS connection.

#include "lua/library.h"
#include "protocols/tls/tls_transaction.h"

namespace culvert::lua {
namespace {

using tls::Peer;
using tls::TlsTransaction;

constexpr char kType[] = "suricata:tls:tx";

const TlsTransaction& tls_of(lua_State* state) {
  return checked_transaction<TlsTransaction>(state, kType, AppProto::kTls);
}

template <Direction kEnd>
const Peer& peer_of(lua_State* state) {
  return tls_of(state).peer(kEnd);
}

std::string_view null_if_empty(std::string_view text) {
  return text.empty() ? std::string_view{} : text;
}

template <Direction kEnd>
int version(lua_State* state) {
  return push_text_or_nil(state,
                          null_if_empty(tls::name_of_version(peer_of<kEnd>(state).version)));
}

template <Direction kEnd>
int serial(lua_State* state) {
  return push_text_or_nil(state, null_if_empty(peer_of<kEnd>(state).certificate.serial));
}

template <Direction kEnd, std::int64_t tls::Certificate::*kTime>
int validity(lua_State* state) {
  const tls::Certificate& certificate = peer_of<kEnd>(state).certificate;
  if (certificate.parsed) {
    lua_pushinteger(state, certificate.*kTime);
  } else {
    lua_pushnil(state);
  }
  return 1;
}

/// Version, subject, issuer, fingerprint.
template <Direction kEnd>
int cert_info(lua_State* state) {
  const tls::Certificate& certificate = peer_of<kEnd>(state).certificate;
  if (certificate.subject.empty()) return push_failure(state, "no certificate");
  version<kEnd>(state);
  push_text(state, certificate.subject);
  push_text_or_nil(state, null_if_empty(certificate.issuer));
  push_text_or_nil(state, null_if_empty(certificate.fingerprint));
  return 4;
}

/// A list of {length, data}, the end's own certificate first.
template <Direction kEnd>
int cert_chain(lua_State* state) {
  const std::vector<Bytes>& chain = peer_of<kEnd>(state).chain;
  if (chain.empty()) return push_failure(state, "no certificate");
  lua_createtable(state, static_cast<int>(chain.size()), 0);
  lua_Integer number = 0;
  for (const Bytes der : chain) {
    lua_createtable(state, 0, 2);
    lua_pushinteger(state, static_cast<lua_Integer>(der.size()));
    lua_setfield(state, -2, "length");
    push_bytes(state, der);
    lua_setfield(state, -2, "data");
    lua_rawseti(state, -2, ++number);
  }
  return 1;
}

int get_sni(lua_State* state) { return push_text_or_nil(state, null_if_empty(tls_of(state).sni)); }

constexpr Direction kClient = Direction::kToServer, kServer = Direction::kToClient;
constexpr luaL_Reg kMethods[] = {
    {"get_client_version", version<kClient>},
    {"get_client_cert_chain", cert_chain<kClient>},
    {"get_client_cert_info", cert_info<kClient>},
    {"get_client_cert_not_after", validity<kClient, &tls::Certificate::not_after>},
    {"get_client_cert_not_before", validity<kClient, &tls::Certificate::not_before>},
    {"get_client_serial", serial<kClient>},
    {"get_sni", get_sni},
    {"get_client_sni", get_sni},
    {"get_server_version", version<kServer>},
    {"get_server_cert_chain", cert_chain<kServer>},
    {"get_server_cert_info", cert_info<kServer>},
    {"get_server_cert_not_after", validity<kServer, &tls::Certificate::not_after>},
    {"get_server_cert_not_before", validity<kServer, &tls::Certificate::not_before>},
    {"get_server_serial", serial<kServer>}};

int get_tx(lua_State* state) {
  return push_transaction(state, AppProto::kTls, kType, kMethods);
}

constexpr luaL_Reg kFunctions[] = {{"get_tx", get_tx}};

}  // namespace

int open_tls(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
