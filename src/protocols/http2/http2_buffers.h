// http.* on HTTP/2, but for http.start, and http2.header_name.
#pragma once

#include "app/buffer.h"

namespace culvert::http2 {

extern const BufferSpec kHttp2Buffers[29];

}  // namespace culvert::http2
