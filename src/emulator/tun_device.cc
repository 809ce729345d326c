#include "emulator/tun_device.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace culvert::emulator {
namespace {

std::string system_error_text() { return std::generic_category().message(errno); }

Result<void> enter(int network_namespace, const std::string& name) {
  if (::setns(network_namespace, CLONE_NEWNET) == 0) return {};
  return failure(fmt::format("cannot enter network namespace {}: {}", name, system_error_text()));
}

Result<Fd> open_here(const std::string& device) {
  Fd tun(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!tun) return failure("cannot open /dev/net/tun: " + system_error_text());
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::copy_n(device.begin(), std::min<std::size_t>(device.size(), IFNAMSIZ - 1), request.ifr_name);
  if (::ioctl(tun.get(), TUNSETIFF, &request) != 0)
    return failure(fmt::format("cannot open TUN device {}: {}", device, system_error_text()));
  return tun;
}

}  // namespace

Result<Fd> open_tun(const DeviceOptions& options) {
  if (options.network_namespace.empty()) return open_here(options.device);
  const std::string& name = options.network_namespace;
  const std::string path = name.find('/') == name.npos ? "/run/netns/" + name : name;
  const Fd home(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  const Fd there(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!home || !there)
    return failure(fmt::format("cannot open network namespace {}: {}", name, system_error_text()));
  if (const auto entered = enter(there.get(), name); !entered)
    return tl::unexpected(entered.error());
  Result<Fd> tun = open_here(options.device);
  if (const auto back = enter(home.get(), "of before"); !back) return tl::unexpected(back.error());
  return tun;
}

}  // namespace culvert::emulator
