// A unix socket that takes one line and gives one answer: how the demo, the tests and an operator
// drive a running emulator.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace culvert::emulator {

/// Listens; never blocks the caller for longer than kPatience.
class ControlSocket {
 public:
  static constexpr int kPatienceMilliseconds = 100;

  /// Takes the place of what is at `path`.
  static Result<ControlSocket> open(const std::string& path);
  ControlSocket(ControlSocket&&) noexcept = default;
  ControlSocket& operator=(ControlSocket&&) noexcept = default;
  ~ControlSocket();

  int fd() const { return listener_.get(); }
  /// Serves those who are waiting: `answer` gets each line without its end.
  void serve(const std::function<std::string(std::string_view)>& answer);

 private:
  ControlSocket() = default;
  Fd listener_;
  std::string path_;
};

/// The other side: sends a line, returns the answer.
Result<std::string> ask_control_socket(const std::string& path, std::string_view line);

}  // namespace culvert::emulator
