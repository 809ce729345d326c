#pragma once

#include "app/protocol_spec.h"

namespace culvert::ssh {

extern const ProtocolSpec kSshProtocol;

}  // namespace culvert::ssh
