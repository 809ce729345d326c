// What rules look at: the envelope (smtp.*) and the headers and URLs of the message (email.*).
#pragma once

#include "app/buffer.h"

namespace culvert::smtp {

extern const BufferSpec kSmtpBuffers[12];

}  // namespace culvert::smtp
