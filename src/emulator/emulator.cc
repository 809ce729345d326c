#include "emulator/emulator.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>
#include <system_error>
#include <vector>

#include "base/fd.h"
#include "base/hash.h"
#include "base/log.h"
#include "emulator/balancer.h"
#include "emulator/control_socket.h"
#include "emulator/health_checks.h"
#include "emulator/outer_socket.h"
#include "emulator/statistics.h"
#include "emulator/tun_device.h"

namespace culvert::emulator {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::uint8_t kProtocolUdpOuter = 17;

/// One run. The thread that runs it owns all.
class Emulator {
 public:
  Emulator(const EmulatorOptions& options, OuterSocket outer)
      : options_(options), outer_(std::move(outer)), balancer_(options, random_seed()) {}

  Result<void> open();
  void run(const std::atomic<bool>& stop);

 private:
  /// What an epoll event is about: a device (endpoint and side), or one of the two sockets.
  static constexpr std::uint32_t kOuterToken = 0xffff'ffff, kControlToken = 0xffff'fffe;

  EmulatorTime now() const {
    return std::chrono::duration_cast<EmulatorTime>(SteadyClock::now() - begin_);
  }
  Fd& device(std::size_t endpoint, Side side) {
    return devices_[endpoint * 2 + static_cast<std::size_t>(side)];
  }
  Result<void> watch(int fd, std::uint32_t token);
  void on_device(std::size_t endpoint, Side side);
  void on_outer();
  void deliver(std::size_t endpoint, Side side, Bytes packet);
  void on_timer();
  std::string on_command(std::string_view line);
  void write_statistics();

  const EmulatorOptions& options_;
  const SteadyClock::time_point begin_ = SteadyClock::now();
  OuterSocket outer_;
  Balancer balancer_;
  std::vector<Fd> devices_;
  Fd epoll_;
  std::optional<ControlSocket> control_;
  std::optional<HealthChecks> health_checks_;
  PacketSlots slots_;
  std::vector<OuterSocket::Datagram> datagrams_;
  EmulatorTime next_statistics_{0};
};

Result<void> Emulator::open() {
  epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
  for (std::size_t i = 0; i < options_.endpoints.size(); ++i) {
    for (const Side side : {Side::kClient, Side::kInternet}) {
      const EndpointOptions& endpoint = options_.endpoints[i];
      Result<Fd> tun = open_tun(side == Side::kClient ? endpoint.client : endpoint.internet);
      if (!tun) return tl::unexpected(tun.error());
      devices_.push_back(std::move(*tun));
      const auto token = static_cast<std::uint32_t>(devices_.size() - 1);
      if (auto watched = watch(devices_.back().get(), token); !watched) return watched;
    }
  }
  if (auto watched = watch(outer_.receive_fd(), kOuterToken); !watched) return watched;
  if (!options_.control_socket.empty()) {
    Result<ControlSocket> control = ControlSocket::open(options_.control_socket);
    if (!control) return tl::unexpected(control.error());
    control_.emplace(std::move(*control));
    if (auto watched = watch(control_->fd(), kControlToken); !watched) return watched;
  }
  if (options_.health_check.protocol != HealthCheckOptions::Protocol::kNone) {
    health_checks_.emplace(options_.health_check, options_.addresses);
    for (const std::uint32_t target : options_.targets) health_checks_->watch(target);
  }
  datagrams_.reserve(PacketSlots::kCount);
  return {};
}

Result<void> Emulator::watch(int fd, std::uint32_t token) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = token;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return {};
  return failure("epoll: " + std::generic_category().message(errno));
}

void Emulator::run(const std::atomic<bool>& stop) {
  constexpr int kTickMilliseconds = 20;
  EmulatorTime next_tick{0};
  while (!stop.load(std::memory_order_relaxed)) {
    std::array<epoll_event, 64> events;
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), kTickMilliseconds);
    for (int i = 0; i < count; ++i) {
      const std::uint32_t token = events[static_cast<std::size_t>(i)].data.u32;
      if (token == kOuterToken) {
        on_outer();
      } else if (token == kControlToken) {
        control_->serve([this](std::string_view line) { return on_command(line); });
      } else {
        on_device(token / 2, static_cast<Side>(token % 2));
      }
    }
    if (now() >= next_tick) {
      on_timer();
      next_tick = now() + EmulatorTime(kTickMilliseconds);
    }
  }
  write_statistics();
}

void Emulator::on_device(std::size_t endpoint, Side side) {
  // Each packet is read to where its encapsulation fits before it.
  const EmulatorTime time = now();
  const int fd = device(endpoint, side).get();
  datagrams_.clear();
  for (std::size_t slot = 0; slot < PacketSlots::kCount; ++slot) {
    const std::span<std::byte> room = slots_.slot(slot);
    const std::span<std::byte> inner_room = room.subspan(kEncapsulationBytes);
    const ssize_t size = ::read(fd, inner_room.data(), inner_room.size());
    if (size <= 0) break;
    const Bytes inner = inner_room.first(static_cast<std::size_t>(size));
    const Forwarded forwarded =
        balancer_.forward(endpoint, side, inner, time, room.first<kEncapsulationBytes>());
    switch (forwarded.what) {
      case Forwarded::What::kSend:
        datagrams_.push_back({room.first(kEncapsulationBytes + inner.size()), forwarded.target});
        break;
      case Forwarded::What::kReply:
        deliver(endpoint, side, forwarded.reply);
        break;
      case Forwarded::What::kNothing:
        break;
    }
  }
  if (datagrams_.empty()) return;
  const std::size_t failed = outer_.send(datagrams_);
  balancer_.counters().not_forwarded[static_cast<std::size_t>(NotForwarded::kSendFailed)] += failed;
}

void Emulator::on_outer() {
  const EmulatorTime time = now();
  for (const OuterSocket::Received& received : outer_.receive()) {
    constexpr std::size_t kProtocolAt = 9;
    if (received.bytes.size() > kProtocolAt &&
        std::to_integer<unsigned>(received.bytes[kProtocolAt]) != kProtocolUdpOuter) {
      ++balancer_.counters().icmp_from_targets;
      continue;
    }
    const auto delivery = balancer_.accept(received.bytes, received.checksum_there, time);
    if (delivery) deliver(delivery->endpoint_index, delivery->side, delivery->inner);
  }
}

void Emulator::deliver(std::size_t endpoint, Side side, Bytes packet) {
  const ssize_t written = ::write(device(endpoint, side).get(), packet.data(), packet.size());
  if (written < 0) balancer_.counters().count(NotForwarded::kDeviceFull);
}

void Emulator::on_timer() {
  if (health_checks_) {
    for (const auto& [target, health] : health_checks_->take_changes()) {
      balancer_.set_health(target, health);
      log_notice(fmt::format("gwlb: target {} is {}", v4_text(target), name_of(health)));
    }
  }
  if (now() < next_statistics_) return;
  next_statistics_ = now() + options_.stats_interval;
  balancer_.advance(now());
  write_statistics();
}

void Emulator::write_statistics() {
  if (options_.stats_file.empty()) return;
  const std::string temporary = options_.stats_file + ".new";
  std::ofstream(temporary) << statistics_json(balancer_, now(), outer_.overruns());
  std::rename(temporary.c_str(), options_.stats_file.c_str());
}

std::string Emulator::on_command(std::string_view line) {
  const std::size_t space = line.find(' ');
  const std::string_view command = line.substr(0, space);
  const std::string_view argument = space == line.npos ? "" : line.substr(space + 1);
  const auto answer = [](const Result<void>& result) {
    return result ? std::string("ok\n") : "error: " + result.error().message + "\n";
  };
  if (command == "stats") return statistics_json(balancer_, now(), outer_.overruns());
  if (command == "register" || command == "deregister") {
    const auto target = parse_v4(argument);
    if (!target) return "error: " + target.error().message + "\n";
    if (command == "deregister") return answer(balancer_.deregister_target(*target, now()));
    const Result<void> result = balancer_.register_target(*target);
    if (result && health_checks_) health_checks_->watch(*target);
    return answer(result);
  }
  if (command == "change-cookies") {
    balancer_.change_cookies();
  } else if (command == "change-addresses") {
    balancer_.change_addresses();
  } else if (command == "expire-flows") {
    balancer_.expire_flows();
  } else {
    return "error: unknown command; known are\n" + std::string(kControlCommands);
  }
  return "ok\n";
}

}  // namespace

Result<void> run_emulator(const EmulatorOptions& options, const std::atomic<bool>& stop) {
  Result<OuterSocket> outer = OuterSocket::open(options.addresses);
  if (!outer) return tl::unexpected(outer.error());
  Emulator emulator(options, std::move(*outer));
  if (auto opened = emulator.open(); !opened) return opened;
  log_notice(fmt::format("gwlb: {} endpoints, {} addresses, {} targets", options.endpoints.size(),
                         options.addresses.size(), options.targets.size()));
  emulator.run(stop);
  return {};
}

}  // namespace culvert::emulator
