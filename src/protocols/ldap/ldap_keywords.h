#pragma once

#include "app/buffer.h"

namespace culvert {
struct KeywordSpec;
}

namespace culvert::ldap {

extern const BufferSpec kLdapBuffers[5];
extern const KeywordSpec* const kLdapKeywords[4];

}  // namespace culvert::ldap
