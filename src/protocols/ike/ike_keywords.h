#pragma once

#include "app/buffer.h"

namespace culvert {
struct KeywordSpec;
}

namespace culvert::ike {

extern const BufferSpec kIkeBuffers[5];
extern const KeywordSpec* const kIkeKeywords[4];

}  // namespace culvert::ike
