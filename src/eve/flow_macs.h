// The MAC addresses that were seen at both ends of a flow, for flow records with `ethernet: yes`.
// Kept here and not in the flow, as hardly anybody asks for them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "event/json_writer.h"
#include "flow/flow.h"
#include "packet/packet.h"

namespace culvert {

class FlowMacs {
 public:
  /// More than these at one end of a flow are not kept.
  static constexpr std::size_t kMaxPerEnd = 10;

  void note(const Packet& packet, const Flow& flow);
  /// {"dest_macs": [...], "src_macs": [...]}, in the order in which they were seen.
  void write(const Flow& flow, JsonWriter& json) const;
  /// {"src_mac": "...", "dest_mac": "..."} of a direction, those seen first: for records with no
  /// packet.
  void write_first(const Flow& flow, bool to_server, JsonWriter& json) const;
  void forget(const Flow& flow) { flows_.erase(flow.id); }

 private:
  using Mac = std::array<std::byte, 6>;
  struct End {
    std::array<Mac, kMaxPerEnd> macs{};
    std::size_t count = 0;
    void add(Bytes mac);
  };
  struct Ends {
    End low, high;  ///< as in FlowKey, so that they stay when client and server are swapped
  };

  std::unordered_map<std::uint64_t, Ends> flows_;  ///< by flow id
};

}  // namespace culvert
