// StreamBuffer against its twin, a byte map: the first byte chooses the policy, the rest the script.
#include <cstdlib>

#include "stream/stream_buffer_twin.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  if (size == 0) return 0;
  const auto script = std::as_bytes(std::span(data, size)).subspan(1);
  if (compare_with_twin(script.first(std::min<std::size_t>(script.size(), 1000)),
                        static_cast<OsPolicy>(data[0] % 13)) != nullptr) {
    std::abort();
  }
  return 0;
}
