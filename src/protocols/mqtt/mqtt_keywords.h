// mqtt.*: buffers, and keywords that compare numbers and flags.
#pragma once

#include "app/buffer.h"
#include "detect/keyword.h"

namespace culvert::mqtt {

extern const BufferSpec kMqttBuffers[10];
extern const KeywordSpec* const kMqttKeywords[7];

}  // namespace culvert::mqtt
