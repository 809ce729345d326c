// ssh.proto, ssh.software, ssh.hassh and its kin; and the old ones that are no more.
#pragma once

#include "app/buffer.h"
#include "detect/keyword.h"

namespace culvert::ssh {

extern const BufferSpec kSshBuffers[6];
extern const KeywordSpec* const kSshKeywords[2];

}  // namespace culvert::ssh
