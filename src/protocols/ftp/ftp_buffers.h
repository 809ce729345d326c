// Parts of an FTP transaction that rules look into.
#pragma once

#include "app/buffer.h"

namespace culvert::ftp {

extern const BufferSpec kFtpBuffers[4];

}  // namespace culvert::ftp
