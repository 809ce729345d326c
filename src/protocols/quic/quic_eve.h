#pragma once

#include "app/protocol_spec.h"

namespace culvert::quic {

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

extern const EveLogger kQuicLoggers[1];

}  // namespace culvert::quic
