// The EVE record `ssh`, which alerts have too.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::ssh {

extern const EveLogger kSshLoggers[2];
void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::ssh
