// Lint findings as text for people and as JSON for programs.
#pragma once

#include <string>

#include "insight/lint.h"

namespace culvert {

/// "file:line: severity: sid 1:7: why [check]" with the remedy below, and a last line that counts.
std::string lint_text(const LintResult& result, bool color);
std::string lint_json(const LintResult& result);

}  // namespace culvert
