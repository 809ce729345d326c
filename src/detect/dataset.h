// Sets of values that rules look buffers up in (`dataset`, `datarep`), and may add to. A set belongs to
// the engine, not to a rule set: it lives over reloads, and is saved when the engine stops.
//
// Lookups take no lock as long as no rule adds or removes. Memory is the operator's `memcap`.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "config/config_node.h"

namespace culvert {

enum class DatasetType : std::uint8_t { kString, kMd5, kSha256, kIpv4, kIp };
std::optional<DatasetType> find_dataset_type(std::string_view name);

enum class DatasetFormat : std::uint8_t { kCsv, kJson, kJsonLines };

/// How a set is made, as a rule or the configuration says.
struct DatasetOptions {
  std::optional<DatasetType> type;
  std::string load, save;  ///< paths; `state` is both
  bool is_state = false;
  std::optional<std::uint64_t> memcap_bytes;
  std::optional<std::uint32_t> hash_size;
  DatasetFormat format = DatasetFormat::kCsv;
  std::string value_key, array_key;  ///< of JSON: which member is the value; where the list is
  bool remove_key = false;           ///< the value is left out of the context
  bool has_reputation = false;       ///< datarep: lines are value,number
};

class Dataset {
 public:
  struct Found {
    bool present = false;
    std::uint16_t reputation = 0;
    std::string_view context;  ///< JSON; lives as long as the set
  };

  Dataset(std::string name, DatasetType type, const DatasetOptions& options);
  ~Dataset();
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  const std::string& name() const { return name_; }
  DatasetType type() const { return type_; }
  bool has_reputation() const { return has_reputation_; }
  bool has_context() const { return format_ != DatasetFormat::kCsv; }
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  std::uint64_t memory_bytes() const { return memory_.load(std::memory_order_relaxed); }

  /// Compile time: from now on rules may add and remove.
  void make_writable() { writable_.store(true, std::memory_order_release); }

  // Any worker. Values of a wrong size are never there, and are not added.
  Found find(Bytes value);
  /// Whether it is new; not if there is no room.
  bool add(Bytes value) { return insert(value, 0, {}); }
  bool remove(Bytes value);

  /// Reads a file in, on top of what is there. Control path.
  Result<void> read(const std::filesystem::path& file, const DatasetOptions& options);
  /// Writes what is there, oldest first.
  Result<void> write(const std::filesystem::path& file);

 private:
  struct Entry {
    Entry* next;
    std::uint64_t hash;
    std::uint64_t number;  ///< counts up: the order in which they came
    std::string_view context;
    std::uint32_t size;
    std::uint16_t reputation;
    std::byte* bytes() { return reinterpret_cast<std::byte*>(this + 1); }
    Bytes value() { return {bytes(), size}; }
  };
  struct Shard {
    std::mutex mutex;
    std::vector<Entry*> buckets;
    std::size_t count = 0;
  };
  static constexpr std::size_t kShards = 64;

  bool fits(Bytes value) const;
  bool insert(Bytes value, std::uint16_t reputation, std::string_view context);
  Entry** place_of(Shard& shard, std::uint64_t hash, Bytes value);
  void grow(Shard& shard);
  Result<void> read_lines(std::string_view text, const std::string& file);
  Result<void> read_json(std::string_view text, const std::string& file, const DatasetOptions& options);
  Result<void> add_json(std::string_view item, const std::string& file, const DatasetOptions& options);
  Result<std::vector<std::byte>> parse_value(std::string_view text) const;

  const std::string name_;
  const DatasetType type_;
  const bool has_reputation_;
  const DatasetFormat format_;
  const std::uint64_t memcap_;
  const std::uint64_t seed_;
  std::array<Shard, kShards> shards_;
  std::atomic<bool> writable_{false};
  std::atomic<std::size_t> size_{0};
  std::atomic<std::uint64_t> memory_{0}, next_number_{0};
  std::vector<std::unique_ptr<std::string>> contexts_;
};

/// All sets of the engine.
class DatasetStore {
 public:
  /// Limits, and the sets of the `datasets` section.
  void configure(const ConfigNode& root, const std::string& data_dir, Complaints& complaints);

  /// The set that a rule means, made when it does not exist. `rule_file`: paths of `load` are looked
  /// for beside it first.
  Result<std::shared_ptr<Dataset>> open(const std::string& name, const DatasetOptions& options,
                                        const std::string& rule_file);
  /// Writes those that are to be saved. When the engine stops.
  void save(Complaints& complaints) const;

 private:
  struct Kept {
    std::shared_ptr<Dataset> set;
    std::string save_to;
    std::string loaded_from;
    std::filesystem::file_time_type loaded_time{};
  };
  Result<std::string> save_path(const std::string& file) const;
  Result<std::string> load_path(const std::string& file, const std::string& rule_file,
                                bool may_be_missing) const;

  mutable std::mutex mutex_;
  std::map<std::string, Kept> sets_;
  std::string data_dir_ = ".";
  std::uint64_t default_memcap_ = 100_MiB;
  std::uint32_t default_hash_size_ = 4096;
  bool allow_write_ = true, allow_absolute_ = false;
};

}  // namespace culvert
