// The rule compiler, the prefilter and the evaluation of rules against their twin.
#include <cstdio>
#include <cstdlib>

#include "builtin/detection_twin.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const std::string difference =
      twin::compare_detection(std::as_bytes(std::span(data, std::min<std::size_t>(size, 1000))));
  if (!difference.empty()) {
    std::fputs(difference.c_str(), stderr);
    std::abort();
  }
  return 0;
}
