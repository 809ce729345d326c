#pragma once

#include "app/protocol_spec.h"

namespace culvert::rfb {

extern const ProtocolSpec kRfbProtocol;

}  // namespace culvert::rfb
