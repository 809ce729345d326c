#pragma once

#include "app/buffer.h"

namespace culvert {
struct KeywordSpec;
}

namespace culvert::enip {

extern const BufferSpec kEnipBuffers[2];
extern const KeywordSpec* const kEnipKeywords[17];

}  // namespace culvert::enip
