#pragma once

#include "app/protocol_spec.h"

namespace culvert::modbus {

extern const ProtocolSpec kModbusProtocol;

}  // namespace culvert::modbus
