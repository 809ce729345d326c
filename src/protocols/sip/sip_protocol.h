#pragma once

#include "app/protocol_spec.h"

namespace culvert::sip {

extern const ProtocolSpec kSipProtocol;

}  // namespace culvert::sip
