// Tests of files that all have to hold for the same file: `filesize:>100; filemd5:bad.list;`.
#pragma once

#include <memory>
#include <vector>

#include "files/file.h"

namespace culvert {

/// A compiled keyword about a file. Immutable.
class FileTest {
 public:
  virtual ~FileTest() = default;
  [[nodiscard]] virtual bool matches(const File& file) const noexcept = 0;
};

/// Those of one rule. Complete once the rule is.
struct FileTests {
  std::vector<std::unique_ptr<const FileTest>> all;

  bool match(const File& file) const noexcept {
    for (const auto& test : all) {
      if (!test->matches(file)) return false;
    }
    return true;
  }
};

}  // namespace culvert
