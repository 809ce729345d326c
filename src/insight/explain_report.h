// An Explanation as text for people and as JSON for programs.
#pragma once

#include <cstddef>
#include <string>

#include "insight/explain.h"

namespace culvert {

struct ExplainReportOptions {
  std::size_t attempts = 3;  ///< shown; 0: all that were kept
  bool color = false;
};

std::string explanation_text(const Explanation& explanation, const ExplainReportOptions& options);
std::string explanation_json(const Explanation& explanation, const ExplainReportOptions& options);

}  // namespace culvert
