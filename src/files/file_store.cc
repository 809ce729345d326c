#include "files/file_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>

namespace culvert {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigestText = 64;
constexpr mode_t kFileMode = 0640;

std::string hex_text(Bytes bytes) {
  std::string text;
  for (const std::byte b : bytes) text += fmt::format("{:02x}", std::to_integer<unsigned>(b));
  return text;
}

bool write_all(int fd, Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(fd, bytes.data(), bytes.size());
    if (size <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

// ------------------------------------------------------------------------------- for the worker

FileStore::Input::Input(FileStore& store)
    : store_(store), block_(std::make_unique<FileStoreBlock>()) {
  for (std::size_t i = 0; i < kBlocks; ++i) empty_.push(std::make_unique<FileStoreBlock>());
}

bool FileStore::Input::begin(File& file) {
  const std::uint32_t id = store_.next_id_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (!add(FileStoreBlock::Kind::kBegin, id, {})) return false;
  file.id = id;
  return true;
}

bool FileStore::Input::write(File& file, Bytes bytes) {
  while (!bytes.empty()) {
    const Bytes piece = bytes.first(std::min(bytes.size(), FileStoreBlock::kBytes));
    if (!add(FileStoreBlock::Kind::kBytes, file.id, piece)) return false;
    bytes = bytes.subspan(piece.size());
  }
  return true;
}

void FileStore::Input::end(const File& file) {
  add(FileStoreBlock::Kind::kEnd, file.id, file.digests.value(DigestKind::kSha256));
}

void FileStore::Input::info(const File& file, Timestamp time, std::string_view record) {
  const Bytes digest = file.digests.value(DigestKind::kSha256);
  if (digest.empty()) return;
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  line_ = fmt::format("{}.{}.{}.json\n{}", hex_text(digest), seconds, file.id, record);
  add(FileStoreBlock::Kind::kInfo, file.id, as_bytes(line_));
}

bool FileStore::Input::add(FileStoreBlock::Kind kind, std::uint32_t id, Bytes bytes) {
  if (block_->bytes.size() + bytes.size() > FileStoreBlock::kBytes && !block_->steps.empty() &&
      !hand_over()) {
    if (kind == FileStoreBlock::Kind::kBytes || kind == FileStoreBlock::Kind::kBegin) return false;
    // Ends are small, and come whatever the wait.
  }
  block_->bytes.insert(block_->bytes.end(), bytes.begin(), bytes.end());
  block_->steps.push_back({kind, id, block_->bytes.size()});
  return true;
}

bool FileStore::Input::hand_over() {
  std::unique_ptr<FileStoreBlock> next;
  while (!empty_.pop(next)) {
    if (!store_.wait_when_full_ || store_.stopping_.load(std::memory_order_relaxed)) {
      store_.counters_.lost.add();
      return false;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  full_.push(std::move(block_));  // has room for all blocks there are
  block_ = std::move(next);
  return true;
}

void FileStore::Input::on_turn() {
  if (!block_->steps.empty()) hand_over();
}

// ------------------------------------------------------------------------------- the thread's

FileStore::FileStore(FileStoreOptions options, bool wait_when_full)
    : options_(std::move(options)), wait_when_full_(wait_when_full) {}

FileStore::~FileStore() { stop(); }

Result<void> FileStore::open() {
  std::error_code error;
  const auto make = [&](const std::string& folder) {
    fs::create_directories(folder, error);
    if (error) return false;
    ::chmod(folder.c_str(), 0750);
    return true;
  };
  if (!make(options_.folder) || !make(options_.folder + "/tmp")) {
    return failure("cannot make the folder " + options_.folder + ": " + error.message());
  }
  for (unsigned i = 0; i < 256; ++i) {
    const std::string folder = fmt::format("{}/{:02x}", options_.folder, i);
    if (!make(folder)) return failure("cannot make the folder " + folder + ": " + error.message());
  }
  if (options_.max_bytes != 0) read_what_is_there();
  return {};
}

FileStore::Input& FileStore::add_input() {
  inputs_.push_back(std::make_unique<Input>(*this));
  return *inputs_.back();
}

void FileStore::start() {
  thread_ = std::thread([this] { run(); });
}

void FileStore::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true);
  thread_.join();
  // Nobody is at the rings any more: what the workers still hold goes by the same way.
  while (drain()) {
  }
  for (const auto& input : inputs_) apply(*input->block_);
  std::vector<std::uint32_t> left;
  for (const auto& [id, file] : coming_) left.push_back(id);
  for (const std::uint32_t id : left) settle(id, {});
}

void FileStore::run() {
  while (!stopping_.load(std::memory_order_relaxed)) {
    if (drain()) continue;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // files can wait
  }
}

bool FileStore::drain() {
  bool any = false;
  for (const auto& input : inputs_) {
    std::unique_ptr<FileStoreBlock> block;
    while (input->full_.pop(block)) {
      any = true;
      apply(*block);
      block->bytes.clear();
      block->steps.clear();
      input->empty_.push(std::move(block));
    }
  }
  return any;
}

void FileStore::apply(const FileStoreBlock& block) {
  std::size_t begin = 0;
  for (const FileStoreBlock::Step& step : block.steps) {
    const Bytes bytes = Bytes(block.bytes).subspan(begin, step.end - begin);
    begin = step.end;
    switch (step.kind) {
      case FileStoreBlock::Kind::kBegin:
        coming_.emplace(step.id, Coming{});
        write(step.id, {});
        break;
      case FileStoreBlock::Kind::kBytes:
        write(step.id, bytes);
        break;
      case FileStoreBlock::Kind::kEnd:
        settle(step.id, bytes);
        break;
      case FileStoreBlock::Kind::kInfo:
        write_info(bytes);
        break;
    }
  }
}

std::string FileStore::coming_path(std::uint32_t id) const {
  return fmt::format("{}/tmp/file.{}", options_.folder, id);
}

std::string FileStore::final_path(std::string_view sha256) const {
  return fmt::format("{}/{}/{}", options_.folder, sha256.substr(0, 2), sha256);
}

void FileStore::write(std::uint32_t id, Bytes bytes) {
  const auto found = coming_.find(id);
  if (found == coming_.end() || found->second.failed) return;
  Coming& file = found->second;
  if (file.fd < 0) {
    const bool is_new = file.size == 0;
    file.fd = ::open(coming_path(id).c_str(),
                     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (is_new ? O_TRUNC : 0), kFileMode);
    if (file.fd >= 0) ++open_;
  }
  if (file.fd < 0 || !write_all(file.fd, bytes)) {
    file.failed = true;
    counters_.fs_errors.add();
  }
  file.size += bytes.size();
  counters_.open_files.set(coming_.size());
  if (file.fd >= 0 && options_.max_open != 0 && open_ > options_.max_open) {
    ::close(file.fd);
    file.fd = -1;
    --open_;
  }
}

void FileStore::settle(std::uint32_t id, Bytes sha256) {
  const auto found = coming_.find(id);
  if (found == coming_.end()) return;
  const Coming file = found->second;
  coming_.erase(found);
  counters_.open_files.set(coming_.size());
  if (file.fd >= 0) {
    ::close(file.fd);
    --open_;
  }
  const std::string from = coming_path(id);
  if (file.failed || sha256.empty()) {
    ::unlink(from.c_str());
    return;
  }
  const std::string to = final_path(hex_text(sha256));
  if (::access(to.c_str(), F_OK) == 0) {
    ::utimensat(AT_FDCWD, to.c_str(), nullptr, 0);  // seen again: its time is now
    ::unlink(from.c_str());
    counters_.duplicates.add();
    return;
  }
  if (::rename(from.c_str(), to.c_str()) != 0) {
    ::unlink(from.c_str());
    counters_.fs_errors.add();
    return;
  }
  counters_.stored.add();
  if (options_.max_bytes == 0) return;
  there_.push_back({to, file.size});
  total_bytes_ += file.size;
  keep_to_budget();
}

void FileStore::write_info(Bytes text) {
  const std::string_view all = as_text(text);
  const std::size_t end = all.find('\n');
  if (end == std::string_view::npos || end < kDigestText) return;
  const std::string path = final_path(all.substr(0, end));
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode);
  if (fd < 0 || !write_all(fd, as_bytes(all.substr(end + 1)))) counters_.fs_errors.add();
  if (fd >= 0) ::close(fd);
}

void FileStore::read_what_is_there() {
  struct Old {
    fs::file_time_type time;
    There file;
  };
  std::vector<Old> all;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(options_.folder, error)) {
    if (!entry.is_regular_file(error)) continue;
    const std::uint64_t size = entry.file_size(error);
    all.push_back({entry.last_write_time(error), {entry.path().string(), size}});
    total_bytes_ += size;
  }
  std::ranges::sort(all, {}, &Old::time);
  for (Old& each : all) there_.push_back(std::move(each.file));
  keep_to_budget();
}

void FileStore::keep_to_budget() {
  while (total_bytes_ > options_.max_bytes && there_.size() > 1) {
    const There& oldest = there_.front();
    ::unlink(oldest.path.c_str());
    total_bytes_ -= std::min(total_bytes_, oldest.size);
    counters_.removed.add();
    there_.pop_front();
  }
}

}  // namespace culvert
