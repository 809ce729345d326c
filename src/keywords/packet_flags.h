// Keywords about flags, options and the protocol of packet headers.
#pragma once

#include <span>

#include "detect/keyword.h"

namespace culvert::keywords {

std::span<const KeywordSpec> packet_flag_keywords();

}  // namespace culvert::keywords
