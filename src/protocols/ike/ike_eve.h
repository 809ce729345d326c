#pragma once

#include "app/protocol_spec.h"

namespace culvert::ike {

extern const EveLogger kIkeLoggers[1];

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::ike
