#pragma once

#include "app/protocol_spec.h"

namespace culvert::http2 {

extern const ProtocolSpec kHttp2Protocol;

/// ProtocolSpec::shows_message: none, the parser wishes for itself what raw stream rules see.
bool shows_message(const AppParser&, Direction, std::uint64_t offset);

}  // namespace culvert::http2
