// The keywords that are built in, besides those that protocols bring along.
#pragma once

#include <span>

#include "detect/keyword.h"

namespace culvert {

std::span<const KeywordSpec* const> builtin_keywords();

}  // namespace culvert
