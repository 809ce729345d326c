// Which content of a rule the prefilter looks for.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "detect/inspect_item.h"

namespace culvert {

struct CompiledRule;

/// No pattern that is searched for is longer.
inline constexpr std::size_t kLongestSearched = 24;

/// Sets `fast_pattern` (the one that reports name: what the rule's author asked for, else the
/// strongest) and `indexed` (the one that is searched: the same, unless all traffic has it). Both
/// stay null when the rule has no content that must be there.
void choose_fast_pattern(CompiledRule& rule);

/// The part of a pattern that is best searched for: of at most kLongestSearched bytes, ending where
/// three bytes rarely follow one another, and not what all traffic has. By its last bytes the
/// matcher tells quickly that a pattern is not there; where those are "tion" or "the ", ordinary
/// text is searched ten times slower.
Bytes searched_window(Bytes pattern);

/// Whether the buffer has to end in the content, if its rule is to match. REQUIRES: the content is
/// one of the chain, and not negated.
bool is_at_end(const ContentItem& content, const InspectChain& chain);

}  // namespace culvert
