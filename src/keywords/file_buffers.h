// The sticky buffers of files, whatever protocol carries them.
#pragma once

#include "app/buffer.h"

namespace culvert::keywords {

extern const BufferSpec kFileData, kFileName, kFileMagic;

}  // namespace culvert::keywords
