#pragma once

#include "app/protocol_spec.h"

namespace culvert::dhcp {

/// All fields, as in alerts and with `extended: yes`.
void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

extern const EveLogger kDhcpLoggers[1];

}  // namespace culvert::dhcp
