// Files that come in parts: HTTP ranges (RFC 9110 section 14), over several requests and
// connections.
//
//   bytes 0-9999/146515      bytes 10000-19999/146515  ...      bytes 140000-146514/146515
//   \__ part __/             \__ part __/                       \__ part __/ -> the whole
//
// The parts that a worker sees of one file (tenant, name, size) are put together; whoever brings
// the last missing byte gets the whole. Memory is limited, and what no part comes for any more is
// forgotten.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/config_node.h"
#include "files/file.h"
#include "metrics/counter.h"

namespace culvert {

/// `app-layer.protocols.http.byterange`.
struct FileRangesOptions {
  std::uint64_t memory = 100 * 1024 * 1024;  ///< for parts and wholes, of each worker
  std::chrono::seconds timeout{60};          ///< after the last part
};

FileRangesOptions parse_file_ranges(const ConfigNode& root, Complaints& complaints);

struct FileRangeCounters {
  Counter wholes, memory_full, timeouts;
};
constexpr CounterSpec<FileRangeCounters> kFileRangeCounters[] = {
    {"files.ranges.wholes", "files put together of parts", &FileRangeCounters::wholes},
    {"files.ranges.memory_full", "parts of files not kept as there was no memory",
     &FileRangeCounters::memory_full},
    {"files.ranges.timeouts", "files given up as no more parts came", &FileRangeCounters::timeouts},
};

class FileRanges {
 public:
  /// Files at once, and stretches of one that wait for what is before them.
  static constexpr std::size_t kMaxWholes = 4096, kMaxStretches = 1024;

  /// A part that is coming. Its owner gives it back with end(), or deletes it; before this.
  class Part {
   public:
    ~Part() { owner_.used_ -= size(); }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

   private:
    friend class FileRanges;
    Part(FileRanges& owner, const Tenant& whose, std::string_view what, const FileRange& where,
         std::uint64_t size_of_whole)
        : owner_(owner), tenant(whose), name(what), range(where), total(size_of_whole) {
      bytes.reserve(static_cast<std::size_t>(size()));
      owner_.used_ += size();
    }
    std::uint64_t size() const { return range.end - range.start + 1; }

    FileRanges& owner_;
    const Tenant tenant;
    const std::string name;  ///< of the whole
    const FileRange range;
    const std::uint64_t total;
    std::vector<std::byte> bytes;
  };

  explicit FileRanges(const FileRangesOptions& options) : options_(options) {}

  /// Null: it is no part, or there is no memory. `total` is the size of the whole.
  std::unique_ptr<Part> begin(const Tenant& tenant, std::string_view name, const FileRange& range,
                              std::uint64_t total, Timestamp now);
  /// Its next bytes; those beyond its range are passed over.
  void append(Part& part, Bytes bytes);
  /// All of it came. The whole, when nothing is missing any more.
  std::optional<std::vector<std::byte>> end(std::unique_ptr<Part> part, Timestamp now);

  std::uint64_t used_bytes() const { return used_; }
  const FileRangeCounters& counters() const { return counters_; }

 private:
  struct Whole {
    Tenant tenant;
    std::string name;
    std::uint64_t total = 0;
    Timestamp last_part{};
    std::vector<std::byte> front;                          ///< from its begin without a hole
    std::map<std::uint64_t, std::vector<std::byte>> rest;  ///< by position
  };
  using Wholes = std::list<Whole>;  ///< the one that waits longest for a part comes first

  static std::uint64_t size_of(const Whole& whole);
  Wholes::iterator find(const Part& part);
  void expire(Timestamp now);
  void forget(Wholes::iterator whole);
  void merge(Whole& whole);

  const FileRangesOptions options_;
  FileRangeCounters counters_;
  std::uint64_t used_ = 0;  ///< bytes reserved by parts and held by wholes
  Wholes wholes_;
};

}  // namespace culvert
