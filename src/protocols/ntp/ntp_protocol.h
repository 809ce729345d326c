#pragma once

#include "app/protocol_spec.h"

namespace culvert::ntp {

extern const ProtocolSpec kNtpProtocol;

}  // namespace culvert::ntp
