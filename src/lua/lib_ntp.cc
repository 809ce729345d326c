// suricata.ntp: the header of an NTP message.

#include "lua/library.h"
#include "protocols/ntp/ntp_parser.h"

namespace culvert::lua {
namespace {

using ntp::Header;
using ntp::NtpTransaction;

constexpr char kType[] = "suricata:ntp:tx";

const Header& ntp_header(lua_State* state) {
  return checked_transaction<NtpTransaction>(state, kType, AppProto::kNtp).header;
}

template <std::uint8_t Header::*kField>
int header_number(lua_State* state) {
  lua_pushinteger(state, ntp_header(state).*kField);
  return 1;
}

int reference_id(lua_State* state) { return push_bytes(state, ntp_header(state).reference_id); }

constexpr luaL_Reg kMethods[] = {{"version", header_number<&Header::version>},
                                 {"mode", header_number<&Header::mode>},
                                 {"stratum", header_number<&Header::stratum>},
                                 {"reference_id", reference_id}};

int get_tx(lua_State* state) { return push_transaction(state, AppProto::kNtp, kType, kMethods); }

constexpr luaL_Reg kFunctions[] = {{"get_tx", get_tx}};

}  // namespace

int open_ntp(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
