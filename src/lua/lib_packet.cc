// suricata.packet: the packet at hand. At the end of a flow there is none: what a script gets then has no
// bytes, the time of the flow's last packet, and the flow's ends.

#include <optional>

#include "event/time_text.h"
#include "lua/library.h"

namespace culvert::lua {
namespace {

constexpr char kType[] = "suricata:packet";

const ScriptView& view_of(lua_State* state) {
  luaL_checkudata(state, 1, kType);
  const ScriptView& view = script_of(state).view;
  if (view.packet == nullptr && view.flow == nullptr) luaL_error(state, "no packet");
  return view;
}

int payload(lua_State* state) {
  const Packet* const packet = view_of(state).packet;
  return push_bytes(state, packet == nullptr ? Bytes{} : packet->payload);
}
int whole(lua_State* state) {
  const Packet* const packet = view_of(state).packet;
  return push_bytes(state, packet == nullptr ? Bytes{} : packet->data);
}

int pcap_cnt(lua_State* state) {
  const Packet* packet = view_of(state).packet;
  while (packet != nullptr && packet->number == 0 && packet->root != nullptr) packet = packet->root;
  lua_pushinteger(state, packet == nullptr ? 0 : static_cast<lua_Integer>(packet->number));
  return 1;
}

int timestring_legacy(lua_State* state) {
  TimeText text;
  return push_text(state, text.log(view_of(state).time));
}
int timestring_iso8601(lua_State* state) {
  TimeText text;
  return push_text(state, text.iso(view_of(state).time));
}
int timestamp(lua_State* state) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(
                          view_of(state).time.time_since_epoch()).count();
  lua_pushnumber(state, static_cast<lua_Number>(micros / 1'000'000));
  lua_pushnumber(state, static_cast<lua_Number>(micros % 1'000'000));
  return 2;
}

bool has_ports(std::uint8_t ip_proto) {
  return ip_proto == 6 || ip_proto == 17 || ip_proto == 132;  // TCP, UDP, SCTP
}

/// Where a packet comes from and goes to.
struct Ends {
  IpAddress source, destination;
  std::uint8_t ip_proto = 0;
  std::uint16_t source_port = 0, destination_port = 0;  ///< of ICMP: type and code
};
std::optional<Ends> ends_of(const ScriptView& view) {
  if (const Packet* const packet = view.packet) {
    if (!packet->is_ip()) return std::nullopt;
    const bool is_icmp = packet->layer4 == Layer4::kIcmp4 || packet->layer4 == Layer4::kIcmp6;
    Ends ends{packet->source, packet->destination, packet->ip_proto, packet->source_port,
              packet->destination_port};
    if (is_icmp) {
      ends.source_port = packet->icmp_type;
      ends.destination_port = packet->icmp_code;
    }
    return ends;
  }
  const Flow& flow = *view.flow;
  return Ends{flow.client(), flow.server(), flow.key.ip_proto, flow.client_port(),
              flow.server_port()};
}

int tuple(lua_State* state) {
  const auto ends = ends_of(view_of(state));
  if (!ends) return luaL_error(state, "packet has no IP addresses");
  lua_pushinteger(state, ends->source.is_v4() ? 4 : 6);
  push_text(state, ends->source.full_text());
  push_text(state, ends->destination.full_text());
  lua_pushinteger(state, ends->ip_proto);
  lua_pushinteger(state, ends->source_port);
  lua_pushinteger(state, ends->destination_port);
  return 6;
}

int sp(lua_State* state) {
  const auto ends = ends_of(view_of(state));
  if (!ends || !has_ports(ends->ip_proto)) {
    return push_failure(state, "sp only available for tcp, udp and sctp");
  }
  lua_pushinteger(state, ends->source_port);
  return 1;
}
int dp(lua_State* state) {
  const auto ends = ends_of(view_of(state));
  if (!ends || !has_ports(ends->ip_proto)) {
    return push_failure(state, "dp only available for tcp, udp and sctp");
  }
  lua_pushinteger(state, ends->destination_port);
  return 1;
}

constexpr luaL_Reg kMethods[] = {{"payload", payload},
                                 {"packet", whole},
                                 {"pcap_cnt", pcap_cnt},
                                 {"timestring_legacy", timestring_legacy},
                                 {"timestring_iso8601", timestring_iso8601},
                                 {"timestamp", timestamp},
                                 {"tuple", tuple},
                                 {"sp", sp},
                                 {"dp", dp}};

int get(lua_State* state) {
  const ScriptView& view = script_of(state).view;
  if (view.packet == nullptr && view.flow == nullptr) return push_failure(state, "no packet");
  return push_object(state, kType, kMethods);
}

constexpr luaL_Reg kFunctions[] = {{"get", get}};

}  // namespace

int open_packet(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
