#pragma once

#include "app/protocol_spec.h"

namespace culvert::tftp {

extern const ProtocolSpec kTftpProtocol;

}  // namespace culvert::tftp
