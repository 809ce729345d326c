#pragma once

#include "app/protocol_spec.h"

namespace culvert::pgsql {

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

extern const EveLogger kPgsqlLoggers[1];

}  // namespace culvert::pgsql
