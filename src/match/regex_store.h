// The expressions of a whole rule set: half of those that rules write, others have written before.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "match/regex.h"

namespace culvert {

/// Compiles each expression once, and gives rules that write the same the same one. Used while a
/// rule set is compiled, by one thread; the expressions live on.
class RegexStore {
 public:
  Result<std::shared_ptr<const Regex>> compile(std::string_view pattern, RegexFlags flags);

 private:
  std::unordered_map<std::string, std::shared_ptr<const Regex>> known_;  ///< by flags and pattern
};

}  // namespace culvert
