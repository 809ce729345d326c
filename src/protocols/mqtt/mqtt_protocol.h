#pragma once

#include "app/protocol_spec.h"

namespace culvert::mqtt {

extern const ProtocolSpec kMqttProtocol;

}  // namespace culvert::mqtt
