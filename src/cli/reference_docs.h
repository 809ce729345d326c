// The generated part of docs/: a page for each keyword of the rule language, and the list of counters.
#pragma once

#include <string>

#include "base/result.h"

namespace culvert {

/// Writes keywords/*.md and counters.md into `folder`, and removes pages of keywords that are gone.
Result<void> write_reference_docs(const std::string& folder);

}  // namespace culvert
