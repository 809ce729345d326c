#pragma once

#include "app/buffer.h"

namespace culvert {
struct KeywordSpec;
}

namespace culvert::smb {

extern const BufferSpec kSmbBuffers[5];
extern const KeywordSpec* const kSmbKeywords[1];

}  // namespace culvert::smb
