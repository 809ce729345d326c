#pragma once

#include "app/protocol_spec.h"

namespace culvert::dcerpc {

extern const ProtocolSpec kDcerpcProtocol;

}  // namespace culvert::dcerpc
