#pragma once

#include "app/protocol_spec.h"

namespace culvert::pgsql {

extern const ProtocolSpec kPgsqlProtocol;

}  // namespace culvert::pgsql
