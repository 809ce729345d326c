#include "match/matcher_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <thread>

#include "base/cpus.h"
#include "base/fd.h"
#include "base/hash.h"

namespace culvert {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFileMagic = "CVMC0001";
constexpr std::string_view kSuffix = ".cvmc";
constexpr std::size_t kKeySize = 32, kHeadSize = 8 + kKeySize + 8 + 16;
constexpr std::uint64_t kMaxFile = 1u << 30;

std::string number(std::uint64_t value) {
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<char>(value >> (56 - 8 * i) & 0xff);
  return out;
}

std::string checksum(std::string_view body) {
  return number(hash_bytes(as_bytes(body), 1)) + number(hash_bytes(as_bytes(body), ~std::uint64_t{2}));
}

class Folder {
 public:
  explicit Folder(const std::string& path) : path_(path) {}

  bool is_used() const { return !path_.empty(); }
  std::string file(const std::string& key) const { return path_ + "/" + key + std::string(kSuffix); }

  /// Whether the folder is there, made if need be; says why not.
  bool make(std::string& complaint) const {
    std::error_code code;
    fs::create_directories(path_, code);
    if (fs::is_directory(path_, code)) return true;
    complaint = "the folder " + path_ + " cannot be made";
    return false;
  }

  /// The matcher of that key, or nothing. `unusable`: there was a file, and it was not good.
  std::shared_ptr<const MultiPatternMatcher> read(const std::string& key, std::size_t patterns,
                                                  bool& unusable) const {
    const std::string name = file(key);
    const Fd fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0) return nullptr;
    unusable = true;
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size < kHeadSize || size > kMaxFile) return nullptr;
    const auto text = std::make_unique_for_overwrite<char[]>(size);
    for (std::uint64_t have = 0; have < size;) {
      const ssize_t count = ::read(fd.get(), text.get() + have, size - have);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return nullptr;
      have += static_cast<std::uint64_t>(count);
    }
    const std::string_view all(text.get(), size);
    const std::string_view body = all.substr(kHeadSize);
    const bool fits = all.starts_with(kFileMagic) && all.substr(8, kKeySize) == key &&
                      all.substr(8 + kKeySize, 8) == number(body.size()) &&
                      all.substr(16 + kKeySize, 16) == checksum(body);
    if (!fits) return nullptr;
    auto matcher = MultiPatternMatcher::deserialize(body);
    if (!matcher || matcher->size() != patterns) return nullptr;
    unusable = false;
    ::futimens(fd.get(), nullptr);  // in use: prune() goes by it
    return std::make_shared<const MultiPatternMatcher>(std::move(*matcher));
  }

  /// Empty, or why it could not be written.
  std::string write(const std::string& key, const MultiPatternMatcher& matcher) const {
    const auto body = matcher.serialize();
    if (!body) return body.error().message;
    std::string text(kFileMagic);
    text += key + number(body->size()) + checksum(*body) + *body;
    const std::string temporary = file(key) + "." + std::to_string(::getpid());
    const Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
    if (fd.get() < 0) return temporary + ": " + std::strerror(errno);
    std::string_view rest = text;
    while (!rest.empty()) {
      const ssize_t count = ::write(fd.get(), rest.data(), rest.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        const std::string why = temporary + ": " + std::strerror(errno);
        ::unlink(temporary.c_str());
        return why;
      }
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::rename(temporary.c_str(), file(key).c_str()) == 0) return {};
    const std::string why = file(key) + ": " + std::strerror(errno);
    ::unlink(temporary.c_str());
    return why;
  }

  void prune(std::chrono::seconds max_age) const {
    if (max_age.count() == 0) return;
    std::error_code code;
    const auto oldest = fs::file_time_type::clock::now() - max_age;
    for (fs::directory_iterator entry(path_, code), end; !code && entry != end; entry.increment(code)) {
      if (entry->path().extension() != kSuffix) continue;
      std::error_code ignored;
      if (entry->last_write_time(ignored) < oldest && !ignored) fs::remove(entry->path(), ignored);
    }
  }

 private:
  const std::string path_;
};

/// One matcher to be made, for all sets that are equal.
struct Job {
  std::string key;
  const PatternSet* set;
  std::vector<std::size_t> sets;
  std::shared_ptr<const MultiPatternMatcher> matcher = nullptr;
  std::string error = {}, not_written = {};
  bool unusable = false, cached = false;
};

bool equal(const PatternSet& a, const PatternSet& b) {
  return std::ranges::equal(a.patterns(), b.patterns(), [](const BytePattern& x, const BytePattern& y) {
    return x.nocase == y.nocase && x.bytes == y.bytes;
  });
}

void make(Job& job, const Folder& folder, bool use_folder) {
  if (use_folder) {
    job.matcher = folder.read(job.key, job.set->size(), job.unusable);
    job.cached = job.matcher != nullptr;
    if (job.cached) return;
  }
  auto compiled = MultiPatternMatcher::compile(*job.set);
  if (!compiled) {
    job.error = compiled.error().message;
    return;
  }
  job.matcher = std::make_shared<const MultiPatternMatcher>(std::move(*compiled));
  if (use_folder) job.not_written = folder.write(job.key, *job.matcher);
}

}  // namespace

MadeMatchers make_matchers(std::span<const PatternSet* const> sets, const MatcherCacheOptions& options) {
  MadeMatchers made;
  made.matchers.resize(sets.size());
  const Folder folder(options.folder);

  std::vector<Job> jobs;
  std::multimap<std::string, std::size_t> by_key;
  const auto empty = std::make_shared<const MultiPatternMatcher>();
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (sets[i]->size() == 0) {
      made.matchers[i] = empty;
      continue;
    }
    const std::string key = sets[i]->cache_key();
    const auto [first, last] = by_key.equal_range(key);
    const auto same = std::find_if(first, last, [&](const auto& each) { return equal(*jobs[each.second].set, *sets[i]); });
    if (same != last) {
      jobs[same->second].sets.push_back(i);
      ++made.shared;
      continue;
    }
    by_key.emplace(key, jobs.size());
    jobs.push_back({key, sets[i], {i}});
  }
  const bool use_folder =
      folder.is_used() &&
      std::ranges::any_of(jobs, [&](const Job& job) { return job.set->size() >= options.min_patterns; }) &&
      folder.make(made.cache_complaint);
  // The big ones first: a thread that gets one last would work alone.
  std::vector<Job*> order;
  for (Job& job : jobs) order.push_back(&job);
  std::ranges::stable_sort(order, std::ranges::greater(), [](const Job* job) { return job->set->size(); });
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < order.size(); i = next++) {
      make(*order[i], folder, use_folder && order[i]->set->size() >= options.min_patterns);
    }
  };
  const unsigned cores = options.threads != 0 ? options.threads : usable_cpus();
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < std::min<std::size_t>(cores, order.size()); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();

  for (Job& job : jobs) {
    if (!job.error.empty()) made.errors.push_back({job.error});
    if (!job.not_written.empty() && made.cache_complaint.empty()) made.cache_complaint = job.not_written;
    made.unusable += job.unusable ? 1 : 0;
    ++(job.cached ? made.from_cache : made.compiled);
    for (const std::size_t i : job.sets) made.matchers[i] = job.matcher;
  }
  if (use_folder) folder.prune(options.max_age);
  return made;
}

}  // namespace culvert
