// Unix sockets and syslog (a datagram to /dev/log in the form of RFC 3164). A peer that is not
// there or does not read costs records, never time: sends do not wait, and connecting is tried once
// a second.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "base/fd.h"
#include "base/log.h"
#include "event/sink.h"

namespace culvert {
namespace {

constexpr int kSendWaitMilliseconds = 100;
constexpr auto kReconnectAfter = std::chrono::seconds(1);
constexpr char kSyslogPath[] = "/dev/log";

class SocketSink final : public Sink {
 public:
  explicit SocketSink(const SinkOptions& options) : options_(options) {
    path_ = options.kind == SinkKind::kSyslog ? kSyslogPath : options.path;
  }

  void append(std::string_view records, std::uint64_t count) override {
    if (!connected()) return on_lost(count, why_not_);
    if (options_.kind == SinkKind::kUnixStream) return append_stream(records, count);
    while (!records.empty()) {
      const std::size_t size = std::min(records.find('\n') + 1, records.size());
      send_datagram(records.substr(0, size == 0 ? records.size() : size));
      records.remove_prefix(size == 0 ? records.size() : size);
    }
  }
  void flush() override {}
  void reopen() override {
    socket_.reset();
    tried_at_ = {};
  }

 private:
  bool connected() {
    if (socket_) return true;
    const auto now = std::chrono::steady_clock::now();
    if (tried_at_ && now - *tried_at_ < kReconnectAfter) return false;
    tried_at_ = now;
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (path_.size() >= sizeof(address.sun_path)) {
      why_not_ = path_ + " is too long for the name of a socket";
      return false;
    }
    std::memcpy(address.sun_path, path_.data(), path_.size());
    const int type = options_.kind == SinkKind::kUnixStream ? SOCK_STREAM : SOCK_DGRAM;
    Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                             sizeof(address)) != 0) {
      why_not_ = "cannot connect to " + path_ + ": " + std::strerror(errno);
      return false;
    }
    socket_ = std::move(socket);
    on_success(path_);
    return true;
  }

  void fail(std::uint64_t records) {
    why_not_ = "cannot send to " + path_ + ": " + std::strerror(errno);
    on_lost(records, why_not_);
  }

  void append_stream(std::string_view records, std::uint64_t count) {
    const std::size_t bytes = records.size();
    while (!records.empty()) {
      const ssize_t sent =
          ::send(socket_.get(), records.data(), records.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) {
        records.remove_prefix(static_cast<std::size_t>(sent));
        continue;
      }
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {
        pollfd wait = {socket_.get(), POLLOUT, 0};
        if (::poll(&wait, 1, kSendWaitMilliseconds) > 0) continue;
        errno = EAGAIN;
      }
      fail(count);
      // A record may be cut: only a new connection begins with a whole one.
      if (errno != EAGAIN || records.size() != bytes) socket_.reset();
      return;
    }
    on_written(count, bytes);
    on_success(path_);
  }

  /// One record, with its newline.
  void send_datagram(std::string_view record) {
    std::string_view message = record;
    if (options_.kind == SinkKind::kSyslog) {
      if (record.ends_with('\n')) record.remove_suffix(1);
      message = syslog_message(record);
    }
    for (;;) {
      const ssize_t sent =
          ::send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) break;
      if (errno == EINTR) continue;
      fail(1);
      if (errno == ECONNREFUSED || errno == ENOTCONN || errno == ECONNRESET) socket_.reset();
      if (!socket_) connected();
      return;
    }
    on_written(1, message.size());
    on_success(path_);
  }

  std::string_view syslog_message(std::string_view record) {
    const std::time_t now = std::time(nullptr);
    std::tm parts = {};
    localtime_r(&now, &parts);
    char time[32];
    const std::size_t size = std::strftime(time, sizeof(time), "%b %e %H:%M:%S", &parts);
    message_ = "<" + std::to_string(options_.syslog_priority) + ">";
    message_.append(time, size);
    message_ += " " + options_.identity + "[" + std::to_string(::getpid()) + "]: ";
    message_ += record;
    return message_;
  }

  const SinkOptions options_;
  std::string path_;
  Fd socket_;
  std::optional<std::chrono::steady_clock::time_point> tried_at_;
  std::string why_not_;
  std::string message_;
};

}  // namespace

std::unique_ptr<Sink> make_socket_sink(const SinkOptions& options) {
  return std::make_unique<SocketSink>(options);
}

}  // namespace culvert
