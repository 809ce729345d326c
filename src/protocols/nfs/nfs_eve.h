#pragma once

#include "app/protocol_spec.h"

namespace culvert::nfs {

extern const EveLogger kNfsLoggers[1];

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::nfs
