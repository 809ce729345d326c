#pragma once

#include "app/protocol_spec.h"

namespace culvert::smtp {

extern const ProtocolSpec kSmtpProtocol;

}  // namespace culvert::smtp
