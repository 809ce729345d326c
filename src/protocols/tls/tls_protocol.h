// TLS as one of the built-in protocols.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::tls {

extern const ProtocolSpec kTlsProtocol;

}  // namespace culvert::tls
