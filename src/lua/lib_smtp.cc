// suricata.smtp: a mail, its envelope and the header of its message.

#include "lua/library.h"
#include "protocols/smtp/smtp_types.h"

namespace culvert::lua {
namespace {

using smtp::SmtpTransaction;

constexpr char kType[] = "suricata:smtp:tx";

const SmtpTransaction& mail_of(lua_State* state) {
  return checked_transaction<SmtpTransaction>(state, kType, AppProto::kSmtp);
}

int get_mime_field(lua_State* state) {
  const mime::Header* const field = mail_of(state).mail.find(check_text(state, 2));
  if (field == nullptr) {
    lua_pushnil(state);
    return 1;
  }
  return push_text(state, field->value);
}

int get_mime_list(lua_State* state) {
  const SmtpTransaction& mail = mail_of(state);
  lua_createtable(state, static_cast<int>(mail.mail.headers.size()), 0);
  lua_Integer number = 0;
  for (const mime::Header& field : mail.mail.headers) {
    push_text(state, field.name);
    lua_rawseti(state, -2, ++number);
  }
  return 1;
}

int get_mail_from(lua_State* state) {
  return push_text_or_nil(state, mail_of(state).mail_from.value_or(std::string_view{}));
}

int get_rcpt_list(lua_State* state) {
  const SmtpTransaction& mail = mail_of(state);
  lua_createtable(state, static_cast<int>(mail.rcpt_to.size()), 0);
  lua_Integer number = 0;
  for (const std::string_view recipient : mail.rcpt_to) {
    push_text(state, recipient);
    lua_rawseti(state, -2, ++number);
  }
  return 1;
}

constexpr luaL_Reg kMethods[] = {{"get_mime_field", get_mime_field},
                                 {"get_mime_list", get_mime_list},
                                 {"get_mail_from", get_mail_from},
                                 {"get_rcpt_list", get_rcpt_list}};

int get_tx(lua_State* state) {
  return push_transaction(state, AppProto::kSmtp, kType, kMethods);
}

constexpr luaL_Reg kFunctions[] = {{"get_tx", get_tx}};

}  // namespace

int open_smtp(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
