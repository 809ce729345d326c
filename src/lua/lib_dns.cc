// suricata.dns: a message of DNS.

#include "lua/library.h"
#include "net/address.h"
#include "protocols/dns/dns_record_json.h"
#include "protocols/dns/dns_transaction.h"
#include "protocols/dns/dns_types.h"

namespace culvert::lua {
namespace {

using dns::DnsTransaction;
using dns::Message;
using dns::Record;
using dns::Section;

constexpr char kType[] = "suricata:dns:tx";

const DnsTransaction& dns_of(lua_State* state) {
  return checked_transaction<DnsTransaction>(state, kType, AppProto::kDns);
}

int push_name(lua_State* state, const Message& message, std::size_t offset) {
  dns::NameText text;
  static_cast<void>(message.name(offset, text));
  return push_bytes(state, text.bytes());
}

/// The record data, where it is one text.
void push_data(lua_State* state, const Message& message, const Record& record) {
  const Bytes data = message.data(record);
  switch (dns::form_of(record.type)) {
    case dns::DataForm::kAddress:
      if (data.size() != 4 && data.size() != 16) break;
      push_text(state, IpAddress::from_bytes(data).full_text());
      return;
    case dns::DataForm::kName:
      push_name(state, message, record.type == dns::kTypeMx ? record.data + 2u : record.data);
      return;
    case dns::DataForm::kBytes:
      push_bytes(state, data);
      return;
    case dns::DataForm::kTexts:
    case dns::DataForm::kNone:
    case dns::DataForm::kObject:
    case dns::DataForm::kOptions:
      break;
  }
  lua_pushnil(state);
}

template <Section kSection>
int records(lua_State* state) {
  const Message& message = dns_of(state).message;
  const auto all = message.records(kSection);
  lua_createtable(state, static_cast<int>(all.size()), 0);
  lua_Integer number = 0;  // as in Suricata, the first is 0
  for (const Record& record : all) {
    lua_createtable(state, 0, 4);
    push_text(state, dns::TypeText(record.type).view());
    lua_setfield(state, -2, "type");
    push_name(state, message, record.name);
    lua_setfield(state, -2, "rrname");
    if (kSection != Section::kQuery) {
      lua_pushinteger(state, record.ttl);
      lua_setfield(state, -2, "ttl");
      push_data(state, message, record);
      lua_setfield(state, -2, "addr");
    }
    lua_rawseti(state, -2, number++);
  }
  return 1;
}

int txid(lua_State* state) {
  lua_pushinteger(state, dns_of(state).message.header().id);
  return 1;
}

int rrname(lua_State* state) {
  const Message& message = dns_of(state).message;
  const auto queries = message.records(Section::kQuery);
  if (!queries.empty()) return push_name(state, message, queries[0].name);
  lua_pushnil(state);
  return 1;
}

int rcode(lua_State* state) {
  const DnsTransaction& dns = dns_of(state);
  if (dns.is_response()) {
    lua_pushinteger(state, dns.message.header().rcode());
  } else {
    lua_pushnil(state);
  }
  return 1;
}

int rcode_string(lua_State* state) {
  const DnsTransaction& dns = dns_of(state);
  return push_text_or_nil(state, dns.is_response()
                                     ? dns::rcode_name(dns.message.header().rcode())
                                     : std::string_view{});
}

int recursion_desired(lua_State* state) {
  lua_pushboolean(state, (dns_of(state).message.header().flags & 0x0100u) != 0 ? 1 : 0);
  return 1;
}

constexpr luaL_Reg kMethods[] = {{"txid", txid},
                                 {"rrname", rrname},
                                 {"rcode", rcode},
                                 {"rcode_string", rcode_string},
                                 {"recursion_desired", recursion_desired},
                                 {"queries", records<Section::kQuery>},
                                 {"answers", records<Section::kAnswer>},
                                 {"authorities", records<Section::kAuthority>}};

int get_tx(lua_State* state) {
  return push_transaction(state, AppProto::kDns, kType, kMethods);
}

constexpr luaL_Reg kFunctions[] = {{"get_tx", get_tx}};

}  // namespace

int open_dns(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
