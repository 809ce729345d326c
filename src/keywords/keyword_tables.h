// Keywords that come as tables: small ones of a kind, a line each.
#pragma once

#include <span>

#include "detect/keyword.h"

namespace culvert::keywords {

std::span<const KeywordSpec> csum_keywords();        // csum.cc
std::span<const KeywordSpec> address_keywords();     // address.cc

}  // namespace culvert::keywords
