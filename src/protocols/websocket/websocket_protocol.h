#pragma once

#include "app/protocol_spec.h"

namespace culvert::websocket {

extern const ProtocolSpec kWebsocketProtocol;

/// `"websocket": {...}` of a record.
void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::websocket
