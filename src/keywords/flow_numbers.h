// Keywords that compare a number of the flow.
#pragma once

#include <span>

#include "detect/keyword.h"

namespace culvert::keywords {

std::span<const KeywordSpec> flow_number_keywords();

}  // namespace culvert::keywords
