// The keywords that are built in, besides those that protocols bring along.
#pragma once

#include <span>

#include "detect/keyword.h"

namespace culvert {

std::span<const KeywordSpec* const> builtin_keywords();
/// Sticky buffers of files, for every protocol that carries some.
std::span<const BufferSpec* const> builtin_file_buffers();

}  // namespace culvert
