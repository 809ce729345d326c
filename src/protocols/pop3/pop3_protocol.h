#pragma once

#include "app/protocol_spec.h"

namespace culvert::pop3 {

extern const ProtocolSpec kPop3Protocol;

/// `"pop3": {...}` of a record.
void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::pop3
