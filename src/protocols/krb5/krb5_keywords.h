#pragma once

#include "app/buffer.h"

namespace culvert {
struct KeywordSpec;
}

namespace culvert::krb5 {

extern const BufferSpec kKrb5Buffers[2];
extern const KeywordSpec* const kKrb5Keywords[3];

}  // namespace culvert::krb5
