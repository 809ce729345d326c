#pragma once

#include "app/buffer.h"

namespace culvert {
struct KeywordSpec;
}

namespace culvert::rfb {

extern const BufferSpec kRfbBuffers[1];
extern const KeywordSpec* const kRfbKeywords[2];

}  // namespace culvert::rfb
