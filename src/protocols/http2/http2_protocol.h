#pragma once

#include "app/protocol_spec.h"

namespace culvert::http2 {

extern const ProtocolSpec kHttp2Protocol;

}  // namespace culvert::http2
