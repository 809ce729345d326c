#pragma once

#include "app/buffer.h"

namespace culvert::quic {

extern const BufferSpec kQuicBuffers[10];

}  // namespace culvert::quic
