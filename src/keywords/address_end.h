// Which address of a packet a keyword asks about: `src`, `dst`, `both`, `any` (geoip, iprep).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "packet/packet.h"

namespace culvert {

enum class AddressEnd : std::uint8_t { kSource, kDestination, kBoth, kAny };

inline std::optional<AddressEnd> find_address_end(std::string_view word) {
  constexpr std::pair<std::string_view, AddressEnd> kEnds[] = {{"src", AddressEnd::kSource},
                                                               {"dst", AddressEnd::kDestination},
                                                               {"both", AddressEnd::kBoth},
                                                               {"any", AddressEnd::kAny}};
  for (const auto& [name, end] : kEnds) {
    if (name == word) return end;
  }
  return std::nullopt;
}

/// Whether the addresses that `end` names fit; `fits` is a predicate on an IpAddress. Packets without
/// an IP header, and no packet, do not.
template <typename Fits>
bool address_fits(AddressEnd end, const Packet* packet, const Fits& fits) {
  if (packet == nullptr || !packet->is_ip()) return false;
  switch (end) {
    case AddressEnd::kSource:
      return fits(packet->source);
    case AddressEnd::kDestination:
      return fits(packet->destination);
    case AddressEnd::kBoth:
      return fits(packet->source) && fits(packet->destination);
    case AddressEnd::kAny:
      return fits(packet->source) || fits(packet->destination);
  }
  return false;
}

}  // namespace culvert
