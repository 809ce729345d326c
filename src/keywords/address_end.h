// Which address of a packet or flow a keyword asks about: `src`, `dst`, `both`, `any` (geoip,
// iprep).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "detect/keyword.h"
#include "flow/flow.h"
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

/// Whether the addresses that `end` names fit; `fits` is a predicate on an IpAddress. Those of the
/// packet, or where there is none (the end of a flow), of who speaks in the direction looked at.
/// Packets without an IP header do not.
template <typename Fits>
bool address_fits(AddressEnd end, const MatchContext& context, const Fits& fits) {
  const Packet* const packet = context.packet;
  if (packet != nullptr ? !packet->is_ip() : context.flow == nullptr) return false;
  const bool to_server = context.direction == Direction::kToServer;
  const auto ends = [&]() -> std::pair<const IpAddress&, const IpAddress&> {
    if (packet != nullptr) return {packet->source, packet->destination};
    const Flow& flow = *context.flow;
    return {to_server ? flow.client() : flow.server(), to_server ? flow.server() : flow.client()};
  };
  const auto& [source, destination] = ends();
  switch (end) {
    case AddressEnd::kSource:
      return fits(source);
    case AddressEnd::kDestination:
      return fits(destination);
    case AddressEnd::kBoth:
      return fits(source) && fits(destination);
    case AddressEnd::kAny:
      return fits(source) || fits(destination);
  }
  return false;
}

}  // namespace culvert
