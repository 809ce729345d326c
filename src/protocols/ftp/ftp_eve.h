// EVE records `ftp` and `ftp_data`.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::ftp {

extern const EveLogger kFtpLoggers[1];
extern const EveLogger kFtpDataLoggers[1];

void write_ftp_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);
void write_ftp_data_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json);

}  // namespace culvert::ftp
