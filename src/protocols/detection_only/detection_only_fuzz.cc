// Every probe takes any first bytes, in both directions.
#include "base/bytes.h"
#include "protocols/detection_only/detection_only.h"

using namespace culvert;
using namespace culvert::detection_only;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr const ProtocolSpec* kAll[] = {&kImap};
  const Bytes bytes = std::as_bytes(std::span(data, size));
  for (const ProtocolSpec* const spec : kAll) {
    for (const ProtocolProbe& probe : spec->probes) {
      if (probe.probe == nullptr || bytes.size() < probe.min_bytes) continue;
      probe.probe(Direction::kToServer, bytes);
      probe.probe(Direction::kToClient, bytes);
    }
    for (const ProtocolPattern& pattern : spec->patterns) {
      // A pattern that is confirmed was found first, so that its bytes are there.
      const std::size_t end = pattern.offset + pattern.bytes.size();
      if (pattern.confirm != nullptr && bytes.size() >= end)
        pattern.confirm(pattern.direction, bytes);
    }
  }
  return 0;
}
