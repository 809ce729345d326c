#include "emulator/health_checks.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <future>

#include "base/fd.h"

namespace culvert::emulator {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kStopGranularity{100};

/// Waits for `events`; false when the time is over, or it was told to stop.
bool wait_for(int fd, short events, SteadyClock::time_point deadline, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now());
    if (left.count() <= 0) return false;
    pollfd poll_fd{fd, events, 0};
    const int ready =
        ::poll(&poll_fd, 1, static_cast<int>(std::min(left, kStopGranularity).count()));
    if (ready > 0) return true;
  }
  return false;
}

sockaddr_in socket_address(std::uint32_t address, std::uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(address);
  return name;
}

bool get_status(int fd, const HealthCheckOptions& options, std::uint32_t target,
                SteadyClock::time_point deadline, const std::stop_token& stop) {
  const std::string request = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}:{}\r\nUser-Agent: ELB-HealthChecker/2.0\r\n"
      "Connection: close\r\n\r\n",
      options.path, v4_text(target), options.port);
  if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size()))
    return false;
  std::string answer;
  while (answer.find('\n') == answer.npos && answer.size() < 4096) {
    if (!wait_for(fd, POLLIN, deadline, stop)) return false;
    char bytes[512];
    const ssize_t count = ::recv(fd, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    answer.append(bytes, static_cast<std::size_t>(count));
  }
  const unsigned status = http_status(answer);
  return status >= options.lowest_success && status <= options.highest_success;
}

}  // namespace

unsigned http_status(std::string_view answer) {
  // "HTTP/1.1 200 OK"
  if (!answer.starts_with("HTTP/1.") || answer.size() < 12 || answer[8] != ' ') return 0;
  unsigned status = 0;
  for (const char digit : answer.substr(9, 3)) {
    if (digit < '0' || digit > '9') return 0;
    status = status * 10 + static_cast<unsigned>(digit - '0');
  }
  return status;
}

bool probe_target(const HealthCheckOptions& options, std::uint32_t source, std::uint32_t target,
                  const std::stop_token& stop) {
  const SteadyClock::time_point deadline = SteadyClock::now() + options.timeout;
  const Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const sockaddr_in from = socket_address(source, 0), to = socket_address(target, options.port);
  if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
    return false;
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    if (errno != EINPROGRESS || !wait_for(fd.get(), POLLOUT, deadline, stop)) return false;
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
      return false;
  }
  return options.protocol == HealthCheckOptions::Protocol::kTcp ||
         get_status(fd.get(), options, target, deadline, stop);
}

HealthChecks::HealthChecks(const HealthCheckOptions& options,
                           std::span<const std::uint32_t> sources)
    : options_(options),
      sources_(sources.begin(),
               sources.begin() + static_cast<std::ptrdiff_t>(std::min(sources.size(), kProbes))) {}

HealthChecks::~HealthChecks() {
  for (auto& [target, thread] : threads_) thread->request_stop();
}

void HealthChecks::watch(std::uint32_t target) {
  std::erase_if(threads_, [&](const auto& entry) { return entry.first == target; });
  threads_.emplace_back(
      target, std::make_unique<std::jthread>(
                  [this, target](std::stop_token stop) { run(std::move(stop), target); }));
}

std::vector<std::pair<std::uint32_t, Health>> HealthChecks::take_changes() {
  const std::lock_guard lock(mutex_);
  return std::exchange(changes_, {});
}

void HealthChecks::run(std::stop_token stop, std::uint32_t target) {
  TargetHealth health(options_.healthy_threshold, options_.unhealthy_threshold);
  std::mutex sleep_mutex;
  std::condition_variable_any sleep;
  while (!stop.stop_requested()) {
    const SteadyClock::time_point next = SteadyClock::now() + options_.interval;
    std::vector<std::future<bool>> probes;
    for (const std::uint32_t source : sources_)
      probes.push_back(std::async(std::launch::async, [&, source] {
        return probe_target(options_, source, target, stop);
      }));
    std::size_t passed = 0;
    for (std::future<bool>& probe : probes) passed += probe.get() ? 1 : 0;
    if (stop.stop_requested()) return;

    const Health before = health.health();
    if (health.on_check(passed * 2 > sources_.size()) != before) {
      const std::lock_guard lock(mutex_);
      changes_.emplace_back(target, health.health());
    }
    std::unique_lock lock(sleep_mutex);
    sleep.wait_until(lock, stop, next, [] { return false; });
  }
}

}  // namespace culvert::emulator
