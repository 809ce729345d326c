#pragma once

#include "app/protocol_spec.h"

namespace culvert::smb {

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

extern const EveLogger kSmbLoggers[1];

}  // namespace culvert::smb
