// How a worker hands files to the store. It never waits for a disk.
#pragma once

#include "base/bytes.h"

namespace culvert {

class File;

class FileStoreInput {
 public:
  virtual ~FileStoreInput() = default;
  /// The file is to be stored from its first byte on; gives it its `id`. False: there is no room for
  /// it, by the store's budget.
  [[nodiscard]] virtual bool begin(File& file) = 0;
  /// The next bytes. False: enough (its depth), or no room any more; it is then as if they were the
  /// last.
  [[nodiscard]] virtual bool write(File& file, Bytes bytes) = 0;
  /// No more will come. Its state and SHA-256 are settled.
  virtual void end(const File& file) = 0;
};

}  // namespace culvert
