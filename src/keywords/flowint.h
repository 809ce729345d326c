// flowint: counters that rules keep for a flow.
#pragma once

#include "detect/keyword.h"

namespace culvert::keywords {

extern const KeywordSpec kFlowint;

}  // namespace culvert::keywords
