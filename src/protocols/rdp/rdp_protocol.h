#pragma once

#include "app/protocol_spec.h"

namespace culvert::rdp {

extern const ProtocolSpec kRdpProtocol;

}  // namespace culvert::rdp
