#pragma once

#include "app/buffer.h"

namespace culvert {
struct KeywordSpec;
}

namespace culvert::ntp {

extern const BufferSpec kNtpBuffers[1];
extern const KeywordSpec* const kNtpKeywords[3];

}  // namespace culvert::ntp
