#pragma once

#include "app/protocol_spec.h"

namespace culvert::dhcp {

extern const ProtocolSpec kDhcpProtocol;

}  // namespace culvert::dhcp
