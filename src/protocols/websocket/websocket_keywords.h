// websocket.opcode, .mask, .flags and .payload.
#pragma once

#include "app/buffer.h"
#include "detect/keyword.h"

namespace culvert::websocket {

extern const BufferSpec kWebsocketBuffers[1];
extern const KeywordSpec* const kWebsocketKeywords[3];

}  // namespace culvert::websocket
