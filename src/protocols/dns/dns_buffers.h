// The inspection buffers of DNS and mDNS.
#pragma once

#include "app/buffer.h"

namespace culvert::dns {

extern const BufferSpec kDnsBuffers[8];
extern const BufferSpec kMdnsBuffers[5];

}  // namespace culvert::dns
