// suricata.http: a request of HTTP/1 and its response.

#include "lua/library.h"
#include "protocols/http/http_transaction.h"

namespace culvert::lua {
namespace {

using http1::HttpTransaction;
using http1::Message;

constexpr char kType[] = "suricata:http:tx";

const HttpTransaction& http_of(lua_State* state) {
  return checked_transaction<HttpTransaction>(state, kType, AppProto::kHttp1);
}

template <Direction kDirection>
const Message& message_of(lua_State* state) {
  return http_of(state).message(kDirection);
}

template <Direction kDirection>
int header(lua_State* state) {
  const Message& message = message_of<kDirection>(state);
  return push_text_or_nil(state, message.value_of(check_text(state, 2)));
}

/// A table of values by name.
template <Direction kDirection>
int headers(lua_State* state) {
  const Message& message = message_of<kDirection>(state);
  lua_createtable(state, 0, static_cast<int>(message.headers.size()));
  for (const http1::Header& each : message.headers) {
    push_text(state, each.name);
    push_text(state, each.value);
    lua_rawset(state, -3);
  }
  return 1;
}

template <Direction kDirection>
int headers_raw(lua_State* state) {
  return push_text_or_nil(state, message_of<kDirection>(state).raw_headers);
}

template <Direction kDirection>
int line(lua_State* state) {
  return push_text_or_nil(state, message_of<kDirection>(state).line);
}

/// A list of the pieces there are, and where in the body the first begins and the last ends.
template <Direction kDirection>
int body(lua_State* state) {
  const http1::BodyWindow& window = message_of<kDirection>(state).body;
  if (window.empty()) {
    lua_pushnil(state);
    return 1;
  }
  lua_createtable(state, 1, 0);
  push_bytes(state, window.bytes());
  lua_rawseti(state, -2, 1);
  lua_pushinteger(state, static_cast<lua_Integer>(window.begin()));
  lua_pushinteger(state, static_cast<lua_Integer>(window.end()));
  return 3;
}

int request_uri_raw(lua_State* state) { return push_text_or_nil(state, http_of(state).raw_uri); }
int request_uri(lua_State* state) { return push_text_or_nil(state, http_of(state).uri); }
int request_host(lua_State* state) { return push_text_or_nil(state, http_of(state).host); }

constexpr luaL_Reg kMethods[] = {
    {"request_header", header<Direction::kToServer>},
    {"response_header", header<Direction::kToClient>},
    {"request_line", line<Direction::kToServer>},
    {"response_line", line<Direction::kToClient>},
    {"request_headers_raw", headers_raw<Direction::kToServer>},
    {"response_headers_raw", headers_raw<Direction::kToClient>},
    {"request_headers", headers<Direction::kToServer>},
    {"response_headers", headers<Direction::kToClient>},
    {"request_body", body<Direction::kToServer>},
    {"response_body", body<Direction::kToClient>},
    {"request_uri_raw", request_uri_raw},
    {"request_uri_normalized", request_uri},
    {"request_host", request_host}};

int get_tx(lua_State* state) {
  return push_transaction(state, AppProto::kHttp1, kType, kMethods);
}

constexpr luaL_Reg kFunctions[] = {{"get_tx", get_tx}};

}  // namespace

int open_http(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
