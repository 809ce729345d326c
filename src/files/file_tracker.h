// The files of one worker: made for protocols, fed by them, kept within a memory budget. What costs
// time is done only when a rule or an output needs it (FileNeeds).
//
//   File* file = files->open(transaction.files, {.direction = kToClient, .name = "setup.exe"});
//   if (file != nullptr) files->append(*file, body);
//   ...
//   files->close(*file);
//
// The application layer releases the lists of a transaction that ends; whatever is still open then
// is truncated before loggers see it.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "files/file.h"
#include "files/file_needs.h"
#include "files/file_magic.h"
#include "files/file_ranges.h"
#include "metrics/counter.h"
#include "stream/block_pool.h"

namespace culvert {

class FileStoreInput;  // files/file_store_input.h

struct FileTrackerOptions {
  std::uint64_t memory = 64 * 1024 * 1024;  ///< for contents, of each worker
  std::uint32_t max_files_per_list = 1024;  ///< of one transaction and direction
  FileNeeds needs;                          ///< of the outputs
  FileRangesOptions ranges;
};

struct FileCounters {
  Counter opened, memory_full, too_many;
};
constexpr CounterSpec<FileCounters> kFileCounters[] = {
    {"files.opened", "files that began", &FileCounters::opened},
    {"files.memory_full", "pieces of files not kept as there was no memory",
     &FileCounters::memory_full},
    {"files.too_many", "files not tracked as their transaction has too many",
     &FileCounters::too_many},
};

/// How a file begins.
struct FileOpening {
  Direction direction = Direction::kToServer;
  std::string_view name;  ///< copied, at most kMaxName bytes of it
  FileInspection inspection = {};
  const Flow* flow = nullptr;  ///< a rule may want all files of it
};

class FileTracker {
 public:
  static constexpr std::size_t kMaxName = 4096;

  explicit FileTracker(const FileTrackerOptions& options);
  ~FileTracker();
  FileTracker(const FileTracker&) = delete;
  FileTracker& operator=(const FileTracker&) = delete;

  /// What the rules need; from the next file on.
  void use(FileNeeds of_rules);
  /// Whether anybody cares for files at all.
  bool wanted() const { return !needs_.empty(); }
  /// Where files go that are to be stored; null, and nothing is stored. Outlives it.
  /// `all`: whatever the rules say.
  void use_store(FileStoreInput* store, bool all) {
    store_ = store;
    store_all_ = all;
  }

  bool stores_all() const { return store_all_; }

  /// Null: nobody wants files, or there are too many in the transaction. The list is made with the
  /// first file.
  File* open(FileLists& lists, const FileOpening& opening);
  /// The next bytes.
  void append(File& file, Bytes bytes);
  /// `missing` bytes in its middle are lost.
  void gap(File& file, std::uint64_t missing);
  /// It came as a whole.
  void close(File& file) { end(file, FileState::kClosed); }
  /// The rest will not come.
  void truncate(File& file) { end(file, FileState::kTruncated); }
  void fail(File& file) { end(file, FileState::kError); }

  /// Puts files together that come in parts.
  FileRanges& ranges() { return ranges_; }
  const FileRanges& ranges() const { return ranges_; }

  /// No more bytes for any of them: those that are open are truncated.
  void finish(FileLists& lists);
  /// The transaction ends: lists and files are taken back.
  void release(FileLists& lists);

  /// Computes the magic when there is something to compute it of.
  const std::string& magic_of(File& file);

  const FileCounters& counters() const { return counters_; }

 private:
  friend class FileList;
  void end(File& file, FileState state);
  /// After detection, or when nobody detects: hands to the store what is to go there, lets go what
  /// nobody needs.
  void settle(File& file, bool inspected);
  void keep(File& file, Bytes bytes);
  void hand_to_store(File& file);
  void end_storing(File& file, FileStoring outcome);
  void recycle(File& file);

  FileTrackerOptions options_;
  FileNeeds needs_;
  FileCounters counters_;
  FileRanges ranges_;
  BlockPool pool_;
  Magic magic_;
  FileStoreInput* store_ = nullptr;
  bool store_all_ = false;
  std::deque<File> files_;  ///< all there are; addresses stay
  std::vector<File*> free_files_;
  std::deque<FileList> lists_;
  std::vector<FileList*> free_lists_;
};

}  // namespace culvert
