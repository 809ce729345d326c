// Files and standard output. Records are collected and written together; a file is followed by a
// new one when it is long or old enough:
//
//     eve.json                  -> eve-20261121-063022.json, and a new eve.json
//     eve-%Y-%m-%d-%H.json      -> the next name, by the clock
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "base/fd.h"
#include "event/sink.h"

namespace culvert {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr int kMaxWaitMilliseconds = 100;  // for a pipe whose reader is slow
constexpr auto kRetryAfter = std::chrono::seconds(1);

std::tm local_time(std::int64_t second) {
  const auto time = static_cast<std::time_t>(second);
  std::tm parts = {};
  localtime_r(&time, &parts);
  return parts;
}

std::string format_time(const std::string& format, std::int64_t second) {
  const std::tm parts = local_time(second);
  std::string text(format.size() + 256, '\0');
  text.resize(std::strftime(text.data(), text.size(), format.c_str(), &parts));
  return text;
}

class FileSink final : public Sink {
 public:
  FileSink(const SinkOptions& options, Timestamp now) : options_(options), now_(now) {
    buffer_.reserve(kBufferBytes);
  }
  ~FileSink() override { flush(); }

  Result<void> open(bool truncate) {
    opened_at_ = now_;
    set_next_rotation();
    if (options_.kind == SinkKind::kStdout) {
      fd_.reset(::dup(STDOUT_FILENO));
      return {};
    }
    has_pattern_ = options_.path.find('%') != std::string::npos;
    path_ = has_pattern_ ? format_time(options_.path, whole_seconds(now_)) : options_.path;
    std::error_code code;
    if (const auto folder = std::filesystem::path(path_).parent_path(); !folder.empty()) {
      std::filesystem::create_directories(folder, code);  // if not, open() says why
    }
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_APPEND;
    fd_.reset(::open(path_.c_str(), truncate ? flags | O_TRUNC : flags, 0644));
    if (!fd_) return failure("cannot open " + path_ + ": " + std::strerror(errno));
    if (options_.file_mode && ::fchmod(fd_.get(), *options_.file_mode) != 0) {
      return failure("cannot set the mode of " + path_ + ": " + std::strerror(errno));
    }
    struct stat status = {};
    size_ = ::fstat(fd_.get(), &status) == 0 && S_ISREG(status.st_mode)
                ? static_cast<std::uint64_t>(status.st_size)
                : 0;
    return {};
  }

  void append(std::string_view records, std::uint64_t count) override {
    if (options_.rotate_bytes > 0 && size_ > 0 && size_ + records.size() > options_.rotate_bytes) {
      rotate();
    }
    if (buffer_.size() + records.size() > kBufferBytes) flush();
    size_ += records.size();
    if (records.size() > kBufferBytes) return write_out(records, count);
    buffer_ += records;
    buffered_records_ += count;
  }

  void flush() override {
    if (buffer_.empty()) return;
    write_out(buffer_, buffered_records_);
    buffer_.clear();
    buffered_records_ = 0;
  }

  void reopen() override {
    flush();
    if (options_.kind == SinkKind::kStdout) return;
    open_again();
  }

  void on_time(Timestamp now) override {
    now_ = now;
    if (now >= next_rotation_) rotate();
    if (!fd_ && now - failed_at_ >= kRetryAfter) open_again();
  }

 private:
  void open_again() {
    if (const Result<void> opened = open(/*truncate=*/false); !opened) {
      failed_at_ = now_;
      on_lost(0, opened.error().text());
    } else {
      on_success(path_);
    }
  }

  void rotate() {
    flush();
    if (options_.kind == SinkKind::kStdout) return set_next_rotation();
    if (!has_pattern_) {
      const std::filesystem::path path(path_);
      const std::string stem = (path.parent_path() / path.stem()).string();
      const std::string time = format_time("-%Y%m%d-%H%M%S", whole_seconds(now_));
      const std::string extension = path.extension().string();
      std::string target = stem + time + extension;
      for (int i = 1; ::access(target.c_str(), F_OK) == 0; ++i) {
        target = stem + time + "-" + std::to_string(i) + extension;
      }
      if (::rename(path_.c_str(), target.c_str()) != 0) {
        on_lost(0, "cannot rename " + path_ + ": " + std::strerror(errno));
      }
    }
    on_rotated();
    open_again();
  }

  void set_next_rotation() {
    const std::int64_t second = whole_seconds(now_);
    std::tm parts = local_time(second);
    parts.tm_isdst = -1;
    switch (options_.rotate_at) {
      case RotateAt::kNever:
        next_rotation_ = Timestamp::max();
        return;
      case RotateAt::kInterval:
        next_rotation_ = opened_at_ + options_.rotate_interval;
        return;
      case RotateAt::kMinute:
        parts.tm_sec = 0;
        ++parts.tm_min;
        break;
      case RotateAt::kHour:
        parts.tm_sec = parts.tm_min = 0;
        ++parts.tm_hour;
        break;
      case RotateAt::kDay:
        parts.tm_sec = parts.tm_min = parts.tm_hour = 0;
        ++parts.tm_mday;
        break;
    }
    next_rotation_ = make_timestamp(std::max<std::int64_t>(std::mktime(&parts), second + 1));
  }

  void write_out(std::string_view text, std::uint64_t records) {
    const std::size_t bytes = text.size();
    while (fd_ && !text.empty()) {
      const ssize_t written = ::write(fd_.get(), text.data(), text.size());
      if (written >= 0) {
        text.remove_prefix(static_cast<std::size_t>(written));
        continue;
      }
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {
        pollfd wait = {fd_.get(), POLLOUT, 0};
        if (::poll(&wait, 1, kMaxWaitMilliseconds) > 0) continue;
        errno = EAGAIN;
      }
      break;
    }
    if (text.empty()) {
      on_written(records, bytes);
      return on_success(name());
    }
    on_lost(records,
            "cannot write to " + name() + ": " + (fd_ ? std::strerror(errno) : "it is not open"));
  }

  std::string name() const { return options_.kind == SinkKind::kStdout ? "stdout" : path_; }

  const SinkOptions options_;
  Timestamp now_;  ///< wall clock, as of the last on_time()
  std::string path_;
  bool has_pattern_ = false;
  Fd fd_;
  std::uint64_t size_ = 0;  ///< of the file, with what is still in the buffer
  std::string buffer_;
  std::uint64_t buffered_records_ = 0;
  Timestamp opened_at_{};
  Timestamp next_rotation_ = Timestamp::max();
  Timestamp failed_at_{};
};

}  // namespace

Result<std::unique_ptr<Sink>> make_file_sink(const SinkOptions& options, Timestamp now) {
  auto sink = std::make_unique<FileSink>(options, now);
  if (const Result<void> opened = sink->open(/*truncate=*/!options.append); !opened) {
    return tl::unexpected(opened.error());
  }
  return sink;
}

}  // namespace culvert
