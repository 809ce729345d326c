// The keyword `lua`.
#pragma once

#include "detect/keyword.h"

namespace culvert::lua {

extern const KeywordSpec kLua;

}  // namespace culvert::lua
