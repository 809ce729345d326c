// Files that are read and written in pieces, in any order, over SMB.
//
//   piece at   0 ....  the next one: handed on as it comes
//   piece at 300 ....  too early: kept until what is before it has come, or there is no more room
//   piece at 100 ....  some of it has been seen: that is left out, `file_overlap`
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "files/file_tracker.h"
#include "protocols/smb/smb_transaction.h"

namespace culvert::smb {

/// Limits of what waits for its turn; 0: none but ours. Config keys `max-read-queue-size`, ....
struct QueueLimits {
  std::uint32_t bytes = 0, pieces = 0;
};

/// A file in one direction.
struct OpenFile {
  SmbTransaction* tx = nullptr;
  File* file = nullptr;        ///< null: nobody wants files
  std::uint64_t expected = 0;  ///< offset of the next byte
  std::uint64_t queued_bytes = 0;
  std::map<std::uint64_t, std::vector<std::byte>> queue;  ///< pieces that came too early
};

class FileUses {
 public:
  static constexpr std::size_t kMost =
      256;  ///< files of a flow at a time, each direction for itself
  static constexpr std::uint32_t kMostQueuedBytes = 8 * 1024 * 1024;
  static constexpr std::uint32_t kMostQueuedPieces = 256;

  void use(QueueLimits of_reads, QueueLimits of_writes) {
    limits_[0] = of_writes;
    limits_[1] = of_reads;
  }
  OpenFile* find(const FileId& id, Direction direction);
  /// Null: there are too many.
  OpenFile* add(const FileId& id, Direction direction);
  void remove(const FileId& id, Direction direction, FileTracker* tracker);
  /// Its transaction goes.
  void forget(const SmbTransaction& tx);
  bool empty() const { return files_.empty(); }

  /// A piece begins or goes on at `offset`.
  void append(OpenFile& file, Direction direction, std::uint64_t offset, Bytes bytes,
              FileTracker* tracker);
  /// Bytes of the piece at `offset` are lost.
  void gap(OpenFile& file, std::uint64_t offset, std::uint64_t missing, FileTracker* tracker);

  const std::map<std::pair<FileId, Direction>, OpenFile>& all() const { return files_; }

 private:
  void hand_on(OpenFile& file, Bytes bytes, FileTracker* tracker);
  void hand_on_queued(OpenFile& file, FileTracker* tracker);
  void skip_to(OpenFile& file, std::uint64_t offset, FileTracker* tracker);
  void drop_queue(OpenFile& file);

  std::map<std::pair<FileId, Direction>, OpenFile> files_;
  std::uint64_t queued_bytes_ = 0;  ///< of all files
  QueueLimits limits_[2];           ///< by Direction
};

}  // namespace culvert::smb
