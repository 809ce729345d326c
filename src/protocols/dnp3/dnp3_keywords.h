#pragma once

#include "app/buffer.h"

namespace culvert {
struct KeywordSpec;
}

namespace culvert::dnp3 {

extern const BufferSpec kDnp3Buffers[1];
extern const KeywordSpec* const kDnp3Keywords[3];

}  // namespace culvert::dnp3
