// Capture filters in tcpdump's language, compiled by libpcap and run in user space.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "io/capture_parser.h"

namespace culvert {

class BpfFilter {
 public:
  /// Checks the expression; each link type compiles it for itself on first use.
  static Result<std::unique_ptr<BpfFilter>> compile(const std::string& expression);
  ~BpfFilter();

  /// Packets of link types that the expression makes no sense for do not match.
  bool matches(const CaptureParser::Record& record);

 private:
  explicit BpfFilter(std::string expression);
  bool use(std::uint32_t dlt);

  struct Program;
  std::string expression_;
  std::uint32_t dlt_ = ~0u;
  std::unique_ptr<Program> program_;
};

}  // namespace culvert
