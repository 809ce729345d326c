#pragma once

#include "app/protocol_spec.h"

namespace culvert::ike {

extern const ProtocolSpec kIkeProtocol;

}  // namespace culvert::ike
