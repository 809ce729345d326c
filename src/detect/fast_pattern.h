// Which content of a rule the prefilter looks for.
#pragma once

namespace culvert {

struct CompiledRule;

/// Sets `fast_pattern` (the one that reports name: what the rule's author asked for, else the
/// strongest) and `indexed` (the one that is searched: the same, unless all traffic has it). Both
/// stay null when the rule has no content that must be there.
void choose_fast_pattern(CompiledRule& rule);

}  // namespace culvert
