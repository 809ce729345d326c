// Which datasets there are, where they are read from and saved to.
#include "base/log.h"
#include "detect/dataset.h"

namespace culvert {
namespace {

namespace fs = std::filesystem;

bool is_absolute(const std::string& file) { return file.starts_with('/'); }

bool goes_up(const std::string& file) {
  for (const fs::path& part : fs::path(file)) {
    if (part == "..") return true;
  }
  return false;
}

}  // namespace

Result<std::string> DatasetStore::save_path(const std::string& file) const {
  if (!allow_write_) return failure("Rules containing save/state datasets have been disabled");
  if (is_absolute(file)) {
    if (!allow_absolute_) return failure("Absolute paths not allowed: " + file);
    log_info("Allowing absolute filename for dataset rule: " + file);
    return file;
  }
  if (goes_up(file)) return failure("Directory traversals not allowed: " + file);
  return data_dir_ + "/" + file;
}

Result<std::string> DatasetStore::load_path(const std::string& file, const std::string& rule_file,
                                            bool may_be_missing) const {
  if (is_absolute(file)) return file;
  std::error_code ignored;
  if (!rule_file.empty() && !may_be_missing) {
    const std::string beside = (fs::path(rule_file).parent_path() / file).string();
    if (fs::exists(beside, ignored)) return beside;
  }
  const std::string data = data_dir_ + "/" + file;
  if (may_be_missing || fs::exists(data, ignored)) return data;
  return failure("dataset: there is no file " + file + ", neither beside the rules nor in " + data_dir_);
}

Result<std::shared_ptr<Dataset>> DatasetStore::open(const std::string& name,
                                                    const DatasetOptions& options,
                                                    const std::string& rule_file) {
  const std::lock_guard lock(mutex_);
  std::string load, save;
  if (!options.save.empty()) {
    auto path = save_path(options.save);
    if (!path) return tl::unexpected(path.error());
    save = std::move(*path);
  }
  if (options.is_state) {
    load = save;
  } else if (!options.load.empty()) {
    auto path = load_path(options.load, rule_file, false);
    if (!path) return tl::unexpected(path.error());
    load = std::move(*path);
  }
  std::error_code ignored;
  const auto time = load.empty() ? fs::file_time_type{} : fs::last_write_time(load, ignored);
  const auto found = sets_.find(name);
  if (found != sets_.end() && found->second.set == nullptr && load == found->second.loaded_from &&
      time == found->second.loaded_time) {
    return failure("failed to set up dataset '" + name + "'.");  // what is wrong has been said
  }
  if (found != sets_.end() && found->second.set != nullptr) {
    Kept& kept = found->second;
    if (options.type && *options.type != kept.set->type()) {
      return failure("dataset " + name + " already exists and is of another type");
    }
    if (options.has_reputation != kept.set->has_reputation()) {
      return failure("Cannot mix dataset and datarep values for set " + name);
    }
    const bool reads_anew = kept.save_to.empty() && save.empty() && !load.empty() &&
                            (load != kept.loaded_from || time != kept.loaded_time);
    if (!reads_anew) {
      if (kept.save_to.empty()) kept.save_to = save;
      return kept.set;
    }
  }
  if (!options.type) return failure("dataset " + name + " not defined");
  DatasetOptions complete = options;
  if (!complete.memcap_bytes) complete.memcap_bytes = default_memcap_;
  if (!complete.hash_size) complete.hash_size = default_hash_size_;
  auto set = std::make_shared<Dataset>(name, *options.type, complete);
  if (!load.empty() && (!options.is_state || fs::exists(load, ignored))) {
    if (auto done = set->read(load, complete); !done) {
      // What is wrong is the file's: the rule is told that it has no set.
      log_error(done.error().text(), "debug");
      if (found == sets_.end()) sets_[name] = Kept{nullptr, {}, load, time};
      return failure("failed to set up dataset '" + name + "'.");
    }
  }
  sets_[name] = Kept{set, save, load, time};
  return set;
}

void DatasetStore::configure(const ConfigNode& root, const std::string& data_dir,
                             Complaints& complaints) {
  if (!data_dir.empty()) data_dir_ = data_dir;
  default_memcap_ = root.size("datasets.defaults.memcap", default_memcap_, complaints);
  default_hash_size_ = static_cast<std::uint32_t>(
      root.integer("datasets.defaults.hashsize", default_hash_size_, complaints, 1, 1 << 26));
  // Our tables grow by themselves: limits on their first size are read, and bind nothing.
  static_cast<void>(root.find("datasets.limits"));
  allow_write_ = root.boolean("datasets.rules.allow-write", true, complaints);
  allow_absolute_ = root.boolean("datasets.rules.allow-absolute-filenames", false, complaints);
  for (const ConfigNode& node : root.items("datasets")) {
    const std::string& name = node.name();
    if (name == "defaults" || name == "rules" || name == "limits") continue;
    DatasetOptions options;
    options.type = find_dataset_type(node.text("type"));
    if (!options.type) {
      node.complain("type", "string, md5, sha256, ipv4 or ip", complaints);
      continue;
    }
    options.load = node.text("load");
    options.save = node.text("save");
    if (const std::string state = node.text("state"); !state.empty()) {
      options.is_state = true;
      options.save = state;
    }
    options.memcap_bytes = node.size("memcap", default_memcap_, complaints);
    options.hash_size = static_cast<std::uint32_t>(
        node.integer("hashsize", default_hash_size_, complaints, 1, 1 << 26));
    // The operator's own file may name any place.
    const bool write = allow_write_, absolute = allow_absolute_;
    allow_write_ = allow_absolute_ = true;
    const auto made = open(name, options, {});
    allow_write_ = write;
    allow_absolute_ = absolute;
    if (!made) complaints.error("datasets." + name + ": " + made.error().text());
  }
}

void DatasetStore::save(Complaints& complaints) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, kept] : sets_) {
    if (kept.save_to.empty()) continue;
    if (auto done = kept.set->write(kept.save_to); !done) {
      complaints.error("dataset " + name + ": " + done.error().message);
    }
  }
}

}  // namespace culvert
