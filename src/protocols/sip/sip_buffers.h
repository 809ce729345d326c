// What rules look at: sip.* and sdp.*.
#pragma once

#include "app/buffer.h"

namespace culvert::sip {

extern const BufferSpec kSipBuffers[30];

}  // namespace culvert::sip
