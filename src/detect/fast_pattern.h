// Which content of a rule the prefilter looks for.
#pragma once

#include "base/bytes.h"

namespace culvert {

struct CompiledRule;

/// Sets `fast_pattern` (the one that reports name: what the rule's author asked for, else the
/// strongest) and `indexed` (the one that is searched: the same, unless all traffic has it). Both
/// stay null when the rule has no content that must be there.
void choose_fast_pattern(CompiledRule& rule);

/// The part of a pattern that is best searched for: of at most 24 bytes, ending where four bytes
/// are rare. By its last bytes the matcher tells quickly that a pattern is not there; where those
/// are "tion" or "the ", ordinary text is searched ten times slower.
Bytes searched_window(Bytes pattern, bool nocase);

}  // namespace culvert
