// Adding tests of files to a rule.
#pragma once

#include <memory>

#include "detect/file_test.h"
#include "detect/rule_draft.h"

namespace culvert {

/// Adds it to the tests that one file has to pass; with the first comes the transaction match.
Result<void> add_file_test(RuleDraft& draft, FileNeeds needs, std::unique_ptr<const FileTest> test);

}  // namespace culvert
