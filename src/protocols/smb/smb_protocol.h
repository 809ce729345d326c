#pragma once

#include "app/protocol_spec.h"

namespace culvert::smb {

extern const ProtocolSpec kSmbProtocol;

}  // namespace culvert::smb
