#pragma once

#include "app/protocol_spec.h"

namespace culvert::snmp {

extern const ProtocolSpec kSnmpProtocol;

}  // namespace culvert::snmp
