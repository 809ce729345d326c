// HTTP/1 for builtin/protocols.cc.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::http1 {

extern const ProtocolSpec kHttpProtocol;

}  // namespace culvert::http1
