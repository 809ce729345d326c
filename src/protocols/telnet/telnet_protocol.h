#pragma once

#include "app/protocol_spec.h"

namespace culvert::telnet {

extern const ProtocolSpec kTelnetProtocol;

}  // namespace culvert::telnet
