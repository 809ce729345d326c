// How a worker hands files to the store. It never waits for a disk.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"

namespace culvert {

class File;

class FileStoreInput {
 public:
  virtual ~FileStoreInput() = default;
  /// The file is to be stored from its first byte on; gives it its `id`. False: there is no room.
  [[nodiscard]] virtual bool begin(File& file) = 0;
  /// The next bytes. False: they found no room, and the file is given up.
  [[nodiscard]] virtual bool write(File& file, Bytes bytes) = 0;
  /// No more will come. Its state and SHA-256 are settled.
  virtual void end(const File& file) = 0;
  /// Files are cut off where they would grow beyond; 0: nowhere.
  virtual std::uint64_t depth() const { return 0; }
  /// The file's record is to be kept beside it.
  virtual bool wants_info() const { return false; }
  virtual void info(const File& /*file*/, Timestamp /*time*/, std::string_view /*record*/) {}
  /// Between batches.
  virtual void on_turn() {}
};

}  // namespace culvert
