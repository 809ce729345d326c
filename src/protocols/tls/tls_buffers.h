// What rules can look into: the sticky buffers of TLS.
#pragma once

#include <string_view>

#include "app/buffer.h"

namespace culvert::tls {

extern const BufferSpec kTlsBuffers[16];
/// REQUIRES: there is one of that name.
const BufferSpec& find_tls_buffer(std::string_view name);

}  // namespace culvert::tls
