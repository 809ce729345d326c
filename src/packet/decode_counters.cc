#include "packet/decode_counters.h"

#include <string>

namespace culvert {

void append_event_counters(const DecodeCounters& counters, std::vector<NamedCounter>& out) {
  static const std::array<std::string, kDecoderEventCount> kNames = [] {
    std::array<std::string, kDecoderEventCount> names;
    for (std::size_t i = 0; i < names.size(); ++i) {
      names[i] = std::string("decoder.event.").append(kPacketEventNames[i]);
    }
    return names;
  }();
  for (std::size_t i = 0; i < kDecoderEventCount; ++i) {
    if (static_cast<PacketEvent>(i) == PacketEvent::kTooManyLayers) continue;  // has its own name
    out.push_back({kNames[i], "packets with this decoder event", CounterKind::kCounter,
                   &counters.events[i]});
  }
}

}  // namespace culvert
