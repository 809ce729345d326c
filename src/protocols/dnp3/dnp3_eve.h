#pragma once

#include "app/protocol_spec.h"

namespace culvert::dnp3 {

extern const EveLogger kDnp3Loggers[1];

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::dnp3
