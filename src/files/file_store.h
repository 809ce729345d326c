// The store of files: a folder with the layout of Suricata's file-store version 2,
//
//     filestore/tmp/file.7                   coming
//     filestore/e0/e092858d...               there, named after its SHA-256
//     filestore/e0/e092858d....1331909241.1.json   its fileinfo record
//
// One thread writes; workers hand it blocks over rings and never wait for the disk while packets are
// live. What does not fit the budget makes room by removing the oldest files.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/spsc_ring.h"
#include "config/config_node.h"
#include "files/file.h"
#include "files/file_needs.h"
#include "files/file_store_input.h"
#include "metrics/counter.h"

namespace culvert {

/// `outputs: - file-store:`
struct FileStoreOptions {
  bool enabled = false;
  std::string folder;              ///< `dir`
  bool write_info = false;         ///< `write-fileinfo`
  bool force = false;              ///< `force-filestore`: all files, whatever the rules say
  std::uint64_t depth = 0;         ///< `stream-depth`, of each file; 0: unlimited
  std::uint32_t max_open = 0;      ///< `max-open-files`; 0: no limit
  std::uint64_t max_bytes = 0;     ///< ours, `max-total-size`: of all files; 0: no limit
  FileNeeds needs;                 ///< `force-magic`, `force-hash`, and SHA-256
};
/// `force-hash: [md5, sha256]` of file-store and of the EVE type files.
FileNeeds parse_forced_hashes(const ConfigNode& node);
FileStoreOptions parse_file_store(const ConfigNode& root, const std::string& log_dir,
                                  Complaints& complaints);

struct FileStoreCounters {
  Counter stored, duplicates, removed, open_files, fs_errors, lost;
};
constexpr CounterSpec<FileStoreCounters> kFileStoreCounters[] = {
    {"file_store.stored", "files put in the store", &FileStoreCounters::stored},
    {"file_store.duplicates", "files that were there already", &FileStoreCounters::duplicates},
    {"file_store.removed", "files removed to keep to the budget", &FileStoreCounters::removed},
    {"file_store.open_files", "files on their way", &FileStoreCounters::open_files},
    {"file_store.fs_errors", "files that the file system refused", &FileStoreCounters::fs_errors},
    {"file_store.lost", "files given up as the store did not keep up", &FileStoreCounters::lost},
};

/// Pieces of files on their way from a worker to the store's thread.
struct FileStoreBlock {
  static constexpr std::size_t kBytes = 256 * 1024;
  enum class Kind : std::uint8_t { kBegin, kBytes, kEnd, kInfo };
  struct Step {
    Kind kind;
    std::uint32_t id;
    std::size_t end;  ///< of its bytes; they begin where those of the step before end
  };
  std::vector<std::byte> bytes;
  std::vector<Step> steps;
};

class FileStore {
 public:
  FileStore(FileStoreOptions options, bool wait_when_full);
  ~FileStore();  ///< stop()
  FileStore(const FileStore&) = delete;
  FileStore& operator=(const FileStore&) = delete;

  /// Makes the folders. REQUIRES: before add_input().
  Result<void> open();
  /// A worker's way in. REQUIRES: before start(). Lives as long as the store.
  class Input;
  Input& add_input();
  void start();
  /// Writes all that is on its way. REQUIRES: workers have ended.
  void stop();

  const FileStoreOptions& options() const { return options_; }
  const FileStoreCounters& counters() const { return counters_; }

 private:
  struct Coming {
    int fd = -1;  ///< -1: not open at the moment, or failed
    bool failed = false;
    std::uint64_t size = 0;
  };
  struct There {
    std::string path;
    std::uint64_t size;
  };
  void run();
  bool drain();
  void apply(const FileStoreBlock& block);
  void write(std::uint32_t id, Bytes bytes);
  void settle(std::uint32_t id, Bytes sha256);
  void write_info(Bytes text);
  void read_what_is_there();
  void keep_to_budget();
  std::string coming_path(std::uint32_t id) const;
  std::string final_path(std::string_view sha256) const;

  const FileStoreOptions options_;
  const bool wait_when_full_;
  FileStoreCounters counters_;
  std::atomic<std::uint32_t> next_id_{0};
  std::vector<std::unique_ptr<Input>> inputs_;
  std::unordered_map<std::uint32_t, Coming> coming_;
  std::deque<There> there_;  ///< oldest first; only with a budget
  std::uint64_t total_bytes_ = 0;
  std::uint32_t open_ = 0;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
};

/// Used by one worker.
class FileStore::Input final : public FileStoreInput {
 public:
  explicit Input(FileStore& store);
  bool begin(File& file) override;
  bool write(File& file, Bytes bytes) override;
  void end(const File& file) override;
  std::uint64_t depth() const override { return store_.options_.depth; }
  bool wants_info() const override { return store_.options_.write_info; }
  void info(const File& file, Timestamp time, std::string_view record) override;
  void on_turn() override;
  bool forces() const { return store_.options_.force; }

 private:
  friend class FileStore;
  static constexpr std::size_t kBlocks = 16;
  bool add(FileStoreBlock::Kind kind, std::uint32_t id, Bytes bytes);
  bool hand_over();

  FileStore& store_;
  SpscRing<std::unique_ptr<FileStoreBlock>> full_{kBlocks}, empty_{kBlocks};
  std::unique_ptr<FileStoreBlock> block_;
  std::string line_;
};

}  // namespace culvert
