// The EVE record `sip`, one a message.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::sip {

extern const EveLogger kSipLoggers[1];
void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::sip
