// EVE records of SMTP: `smtp` (the envelope) and `email` (the message).
#pragma once

#include <memory>

#include "app/protocol_spec.h"

namespace culvert::smtp {

extern const EveLogger kSmtpLoggers[1];

/// `smtp` and `email` of an alert or a file record.
void write_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

std::unique_ptr<EveOptionsBase> parse_eve_options(const ConfigNode* node, Complaints& complaints);
bool write_eve(const Flow& flow, const Transaction& transaction, Direction direction,
               const EveOptionsBase* options, JsonWriter& json);

}  // namespace culvert::smtp
