#pragma once

#include "app/protocol_spec.h"

namespace culvert::dnp3 {

extern const ProtocolSpec kDnp3Protocol;

}  // namespace culvert::dnp3
