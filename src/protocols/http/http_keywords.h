// Keywords of HTTP that are no sticky buffers: the old modifiers of contents, uricontent, urilen.
#pragma once

#include <array>

#include "detect/keyword.h"

namespace culvert::http1 {

extern const std::array<const KeywordSpec*, 15> kHttpKeywords;

}  // namespace culvert::http1
