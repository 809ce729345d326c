#pragma once

#include "app/protocol_spec.h"

namespace culvert::rdp {

bool write_eve(const Flow& flow, const Transaction& transaction, Direction direction,
               const EveOptionsBase* options, JsonWriter& json);

extern const EveLogger kRdpLoggers[1];

}  // namespace culvert::rdp
