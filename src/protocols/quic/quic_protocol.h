#pragma once

#include "app/protocol_spec.h"

namespace culvert::quic {

extern const ProtocolSpec kQuicProtocol;

}  // namespace culvert::quic
