// The end of the way: files, sockets, syslog. Called by the writer thread only; what fails is
// counted and said once, and nothing here waits for longer than a moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "event/sink_options.h"

namespace culvert {

class Sink {
 public:
  virtual ~Sink() = default;
  /// Whole records, `count` of them, each ending in a newline. May keep them until flush().
  virtual void append(std::string_view records, std::uint64_t count) = 0;
  virtual void flush() = 0;
  /// Opens anew under the same name, for logrotate (SIGHUP).
  virtual void reopen() = 0;
  /// Now and then, and before append(): rotates when it is time.
  virtual void on_time(Timestamp) {}

  std::uint64_t written_records() const { return written_records_; }
  std::uint64_t written_bytes() const { return written_bytes_; }
  std::uint64_t lost_records() const { return lost_records_; }
  std::uint64_t rotations() const { return rotations_; }

 protected:
  void on_written(std::uint64_t records, std::size_t bytes) {
    written_records_ += records;
    written_bytes_ += bytes;
  }
  /// Writes to the log unless the one before was a failure, too.
  void on_lost(std::uint64_t records, const std::string& why);
  /// Ends a series of failures, and says so.
  void on_success(const std::string& what);
  void on_rotated() { ++rotations_; }

 private:
  std::uint64_t written_records_ = 0;
  std::uint64_t written_bytes_ = 0;
  std::uint64_t lost_records_ = 0;
  std::uint64_t rotations_ = 0;
  bool failing_ = false;
};

/// Opens it. A file that cannot be opened is an error; a socket that nobody listens on is not, yet.
Result<std::unique_ptr<Sink>> make_sink(const SinkOptions& options, Timestamp now);
Result<std::unique_ptr<Sink>> make_file_sink(const SinkOptions& options, Timestamp now);
std::unique_ptr<Sink> make_socket_sink(const SinkOptions& options);
std::unique_ptr<Sink> make_folder_sink(const SinkOptions& options);

}  // namespace culvert
