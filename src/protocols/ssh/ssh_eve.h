// The EVE record `ssh`, which alerts have too.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::ssh {

extern const EveLogger kSshLoggers[1];
void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);
bool write_eve(const Flow& flow, const Transaction& transaction, Direction direction,
               const EveOptionsBase* options, JsonWriter& json);

}  // namespace culvert::ssh
