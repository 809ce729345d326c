// The EVE record `mqtt`: one a transaction, with an object for each of its messages.
#pragma once

#include <memory>

#include "app/protocol_spec.h"

namespace culvert::mqtt {

extern const EveLogger kMqttLoggers[1];
void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::mqtt
