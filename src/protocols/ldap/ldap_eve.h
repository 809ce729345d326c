#pragma once

#include "app/protocol_spec.h"

namespace culvert::ldap {

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

extern const EveLogger kLdapLoggers[1];

}  // namespace culvert::ldap
