#pragma once

#include "app/protocol_spec.h"

namespace culvert::krb5 {

extern const ProtocolSpec kKrb5Protocol;

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::krb5
