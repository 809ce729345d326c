// http.* on HTTP/2, and http2.header_name.
#pragma once

#include "app/buffer.h"

namespace culvert::http2 {

extern const BufferSpec kHttp2Buffers[30];

}  // namespace culvert::http2
