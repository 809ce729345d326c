// EVE records of HTTP/2: event type "http", key "http2" below `eve-log.types`.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::http2 {

extern const EveLogger kHttp2Loggers[1];

/// EveLogger::write for streams that carry no DNS, in a flow with others that do.
bool write_record_beside_dns(const Flow& flow, const Transaction& transaction, Direction direction,
                             const EveOptionsBase* options, JsonWriter& json);

void write_alert_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::http2
