#pragma once

#include "app/protocol_spec.h"

namespace culvert::enip {

extern const ProtocolSpec kEnipProtocol;

}  // namespace culvert::enip
