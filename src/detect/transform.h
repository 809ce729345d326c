// A transform: makes other bytes out of a buffer before rules look at it (`http.uri; to_md5;`).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace culvert {

/// Immutable, shared by all workers.
class Transform {
 public:
  virtual ~Transform() = default;
  /// Writes the result over `out`. `in` and `out` never share memory. False: there is no result, and
  /// the buffer counts as empty.
  virtual bool apply(Bytes in, std::vector<std::byte>& out) const = 0;
  /// Whether `content` can be in the result at all; else a rule that looks for it is refused.
  virtual bool may_contain(Bytes /*content*/) const { return true; }
  /// Name and options: transforms of the same key are the same.
  virtual std::string key() const = 0;
};

}  // namespace culvert
