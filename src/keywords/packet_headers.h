// Keywords that select a packet's header as the buffer to look into.
#pragma once

#include <span>

#include "detect/keyword.h"

namespace culvert::keywords {

std::span<const KeywordSpec> packet_header_keywords();

}  // namespace culvert::keywords
