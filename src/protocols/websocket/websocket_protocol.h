#pragma once

#include "app/protocol_spec.h"

namespace culvert::websocket {

extern const ProtocolSpec kWebsocketProtocol;

/// `"websocket": {...}` of a record.
void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);
/// The same with the payload, in base64 or as text: `websocket-payload`,
/// `websocket-payload-printable`.
void write_with_payload(const Flow& flow, const Transaction& transaction, bool bytes, bool text,
                        JsonWriter& json);

}  // namespace culvert::websocket
