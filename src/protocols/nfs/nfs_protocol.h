#pragma once

#include "app/protocol_spec.h"

namespace culvert::nfs {

extern const ProtocolSpec kNfsProtocol;

}  // namespace culvert::nfs
