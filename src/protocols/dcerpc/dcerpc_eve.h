#pragma once

#include "app/protocol_spec.h"
#include "protocols/dcerpc/dcerpc_exchange.h"

namespace culvert::dcerpc {

void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

/// The object `key` of one direction of a call, but for its closing brace.
void write_side(std::string_view key, const Exchange::Side& side, JsonWriter& json);

extern const EveLogger kDcerpcLoggers[1];

}  // namespace culvert::dcerpc
