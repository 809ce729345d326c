#pragma once

#include "app/buffer.h"

namespace culvert::pgsql {

extern const BufferSpec kPgsqlBuffers[1];

}  // namespace culvert::pgsql
