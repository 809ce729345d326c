// Keywords that compare a number of a packet's headers.
#pragma once

#include <span>

#include "detect/keyword.h"

namespace culvert::keywords {

std::span<const KeywordSpec> packet_field_keywords();

}  // namespace culvert::keywords
