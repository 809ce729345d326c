// suricata.packet: the packet at hand.

#include "event/time_text.h"
#include "lua/library.h"

namespace culvert::lua {
namespace {

constexpr char kType[] = "suricata:packet";

const Packet& packet_of(lua_State* state) {
  luaL_checkudata(state, 1, kType);
  const Packet* const packet = script_of(state).view.packet;
  if (packet == nullptr) luaL_error(state, "no packet");
  return *packet;
}

int payload(lua_State* state) { return push_bytes(state, packet_of(state).payload); }
int whole(lua_State* state) { return push_bytes(state, packet_of(state).data); }

int pcap_cnt(lua_State* state) {
  const Packet* packet = &packet_of(state);
  while (packet->number == 0 && packet->root != nullptr) packet = packet->root;
  lua_pushinteger(state, static_cast<lua_Integer>(packet->number));
  return 1;
}

int timestring_legacy(lua_State* state) {
  TimeText text;
  return push_text(state, text.log(packet_of(state).time));
}
int timestring_iso8601(lua_State* state) {
  TimeText text;
  return push_text(state, text.iso(packet_of(state).time));
}
int timestamp(lua_State* state) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(
                          packet_of(state).time.time_since_epoch()).count();
  lua_pushnumber(state, static_cast<lua_Number>(micros / 1'000'000));
  lua_pushnumber(state, static_cast<lua_Number>(micros % 1'000'000));
  return 2;
}

bool is_icmp(const Packet& packet) {
  return packet.layer4 == Layer4::kIcmp4 || packet.layer4 == Layer4::kIcmp6;
}
bool has_ports(const Packet& packet) {
  return packet.is_tcp() || packet.is_udp() || packet.layer4 == Layer4::kSctp;
}

int tuple(lua_State* state) {
  const Packet& packet = packet_of(state);
  if (!packet.is_ip()) return luaL_error(state, "packet has no IP addresses");
  lua_pushinteger(state, packet.layer3 == Layer3::kIpv4 ? 4 : 6);
  push_text(state, packet.source.full_text());
  push_text(state, packet.destination.full_text());
  lua_pushinteger(state, packet.ip_proto);
  lua_pushinteger(state, is_icmp(packet) ? packet.icmp_type : packet.source_port);
  lua_pushinteger(state, is_icmp(packet) ? packet.icmp_code : packet.destination_port);
  return 6;
}

int sp(lua_State* state) {
  const Packet& packet = packet_of(state);
  if (!has_ports(packet)) return push_failure(state, "sp only available for tcp, udp and sctp");
  lua_pushinteger(state, packet.source_port);
  return 1;
}
int dp(lua_State* state) {
  const Packet& packet = packet_of(state);
  if (!has_ports(packet)) return push_failure(state, "dp only available for tcp, udp and sctp");
  lua_pushinteger(state, packet.destination_port);
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
  if (script_of(state).view.packet == nullptr) return push_failure(state, "no packet");
  return push_object(state, kType, kMethods);
}

constexpr luaL_Reg kFunctions[] = {{"get", get}};

}  // namespace

int open_packet(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
