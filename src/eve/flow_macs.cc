#include "eve/flow_macs.h"

#include <algorithm>

#include "eve/eve_header.h"

namespace culvert {

void FlowMacs::End::add(Bytes mac) {
  Mac value;
  std::ranges::copy(mac, value.begin());
  const auto end = macs.begin() + static_cast<std::ptrdiff_t>(count);
  if (count < macs.size() && std::find(macs.begin(), end, value) == end) macs[count++] = value;
}

void FlowMacs::note(const Packet& packet, const Flow& flow) {
  if (packet.ethernet.size() < 12) return;
  Ends& ends = flows_[flow.id];
  const bool from_low = (packet.direction == Direction::kToServer) == flow.client_is_low;
  (from_low ? ends.low : ends.high).add(packet.ethernet.subspan(6, 6));
  (from_low ? ends.high : ends.low).add(packet.ethernet.first(6));
}

void FlowMacs::write(const Flow& flow, JsonWriter& json) const {
  const auto found = flows_.find(flow.id);
  if (found == flows_.end()) return;
  const auto write_end = [&](std::string_view key, const End& end) {
    json.begin_array(key);
    for (std::size_t i = 0; i < end.count; ++i) {
      char text[kMacTextSize];
      json.item(format_mac(end.macs[i], text));
    }
    json.end_array();
  };
  const Ends& ends = found->second;
  json.begin_object("ether");
  write_end("dest_macs", flow.client_is_low ? ends.high : ends.low);
  write_end("src_macs", flow.client_is_low ? ends.low : ends.high);
  json.end_object();
}

void FlowMacs::write_first(const Flow& flow, bool to_server, JsonWriter& json) const {
  const auto found = flows_.find(flow.id);
  if (found == flows_.end()) return;
  const bool from_low = to_server == flow.client_is_low;
  const End& from = from_low ? found->second.low : found->second.high;
  const End& to = from_low ? found->second.high : found->second.low;
  char text[kMacTextSize];
  json.begin_object("ether");
  json.field("src_mac", format_mac(from.macs[0], text));
  json.field("dest_mac", format_mac(to.macs[0], text));
  json.end_object();
}

}  // namespace culvert
