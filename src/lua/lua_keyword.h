// The keywords `lua` and `luaxform`.
#pragma once

#include "detect/keyword.h"

namespace culvert::lua {

extern const KeywordSpec kLua;       // lua_keyword.cc
extern const KeywordSpec kLuaxform;  // lua_transform.cc

}  // namespace culvert::lua
