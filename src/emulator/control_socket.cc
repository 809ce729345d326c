#include "emulator/control_socket.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace culvert::emulator {
namespace {

Error system_failure(const std::string& what) {
  return {what + ": " + std::generic_category().message(errno)};
}

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof name.sun_path)
    return failure("\"" + path + "\" is not a path of a unix socket (at most 107 characters)");
  std::copy(path.begin(), path.end(), name.sun_path);
  return name;
}

void set_patience(int fd, int milliseconds) {
  const timeval limit{milliseconds / 1000, milliseconds % 1000 * 1000};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

Result<ControlSocket> ControlSocket::open(const std::string& path) {
  const auto name = unix_address(path);
  if (!name) return tl::unexpected(name.error());
  ControlSocket socket;
  socket.listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  ::unlink(path.c_str());
  if (!socket.listener_ ||
      ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&*name), sizeof *name) != 0 ||
      ::listen(socket.fd(), 8) != 0)
    return tl::unexpected(system_failure("cannot listen on " + path));
  socket.path_ = path;
  return socket;
}

ControlSocket::~ControlSocket() {
  if (listener_) ::unlink(path_.c_str());
}

void ControlSocket::serve(const std::function<std::string(std::string_view)>& answer) {
  while (true) {
    const Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    set_patience(client.get(), kPatienceMilliseconds);
    char line[512];
    const ssize_t size = ::recv(client.get(), line, sizeof line, 0);
    if (size <= 0) continue;
    std::string_view text(line, static_cast<std::size_t>(size));
    text = text.substr(0, text.find_first_of("\r\n"));
    send_all(client.get(), answer(text));
  }
}

Result<std::string> ask_control_socket(const std::string& path, std::string_view line) {
  const auto name = unix_address(path);
  if (!name) return tl::unexpected(name.error());
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&*name), sizeof *name) != 0)
    return tl::unexpected(system_failure("cannot connect to " + path));
  constexpr int kAnswerPatience = 5000;
  set_patience(socket.get(), kAnswerPatience);
  if (!send_all(socket.get(), std::string(line) + "\n"))
    return tl::unexpected(system_failure("cannot write to " + path));
  std::string answer;
  char bytes[4096];
  ssize_t size = 0;
  while ((size = ::recv(socket.get(), bytes, sizeof bytes, 0)) > 0)
    answer.append(bytes, static_cast<std::size_t>(size));
  if (size < 0) return tl::unexpected(system_failure("no answer from " + path));
  return answer;
}

}  // namespace culvert::emulator
