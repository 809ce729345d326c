// suricata.flow: the flow at hand.

#include "app/app_session.h"
#include "event/time_text.h"
#include "lua/library.h"

namespace culvert::lua {
namespace {

constexpr char kType[] = "suricata:flow";

const Flow& flow_of(lua_State* state) {
  luaL_checkudata(state, 1, kType);
  const Flow* const flow = script_of(state).view.flow;
  if (flow == nullptr) luaL_error(state, "no flow");
  return *flow;
}

int timestring_legacy(lua_State* state) {
  TimeText text;
  return push_text(state, text.log(flow_of(state).first_seen));
}
int timestring_iso8601(lua_State* state) {
  TimeText text;
  return push_text(state, text.iso(flow_of(state).first_seen));
}

/// Seconds of the first and last packet, then their microseconds: in this order, as in Suricata.
int timestamps(lua_State* state) {
  const Flow& flow = flow_of(state);
  const auto micros = [](Timestamp time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
  };
  const auto first = micros(flow.first_seen), last = micros(flow.last_seen);
  for (const auto number :
       {first / 1'000'000, last / 1'000'000, first % 1'000'000, last % 1'000'000}) {
    lua_pushnumber(state, static_cast<lua_Number>(number));
  }
  return 4;
}

int tuple(lua_State* state) {
  const Flow& flow = flow_of(state);
  const bool is_icmp = flow.key.ip_proto == 1 || flow.key.ip_proto == 58;
  lua_pushinteger(state, flow.key.low.is_v4() ? 4 : 6);
  push_text(state, flow.client().full_text());
  push_text(state, flow.server().full_text());
  lua_pushinteger(state, flow.key.ip_proto);
  lua_pushinteger(state, is_icmp ? flow.sides[0].icmp_type : flow.client_port());
  lua_pushinteger(state, is_icmp ? flow.sides[0].icmp_code : flow.server_port());
  return 6;
}

int app_layer_proto(lua_State* state) {
  const AppSession* const app = flow_of(state).app;
  const auto push = [&](AppProto proto) { push_text(state, name_of(proto)); };
  push(app == nullptr ? AppProto::kUnknown : app->proto());
  push(app == nullptr ? AppProto::kUnknown : app->proto(Direction::kToServer));
  push(app == nullptr ? AppProto::kUnknown : app->proto(Direction::kToClient));
  push(app == nullptr ? AppProto::kUnknown : app->original());
  push(app == nullptr ? AppProto::kUnknown : app->expected());
  return 5;
}

int has_alerts(lua_State* state) {
  lua_pushboolean(state, flow_of(state).has_alerts ? 1 : 0);
  return 1;
}
int id(lua_State* state) {
  lua_pushinteger(state, static_cast<lua_Integer>(flow_of(state).id));
  return 1;
}

int stats(lua_State* state) {
  const Flow& flow = flow_of(state);
  for (const FlowSide& side : flow.sides) {
    lua_pushinteger(state, static_cast<lua_Integer>(side.packets));
    lua_pushinteger(state, static_cast<lua_Integer>(side.bytes));
  }
  return 4;
}

constexpr luaL_Reg kMethods[] = {{"timestring_legacy", timestring_legacy},
                                 {"timestring_iso8601", timestring_iso8601},
                                 {"timestamps", timestamps},
                                 {"tuple", tuple},
                                 {"app_layer_proto", app_layer_proto},
                                 {"has_alerts", has_alerts},
                                 {"id", id},
                                 {"stats", stats}};

int get(lua_State* state) {
  if (script_of(state).view.flow == nullptr) return push_failure(state, "no flow");
  return push_object(state, kType, kMethods);
}

constexpr luaL_Reg kFunctions[] = {{"get", get}};

}  // namespace

int open_flow(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
