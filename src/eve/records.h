// The bodies of EVE records, one function a kind. Each writes whole fields into the record that
// write_header() began; none closes it.
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/alert.h"
#include "detect/detector.h"
#include "eve/eve_config.h"
#include "event/json_writer.h"
#include "flow/flow.h"
#include "packet/packet.h"

namespace culvert {

/// What rules have noted about a flow: `metadata` of records. Scratch that is used again.
struct FlowVariables {
  std::vector<std::string_view> flowbits;
  std::vector<std::pair<std::string_view, std::uint32_t>> flowints;
  std::vector<std::pair<std::string_view, double>> entropies;
  std::vector<Detector::Captured> captured, packet_captured;
  bool empty() const {
    return flowbits.empty() && flowints.empty() && entropies.empty() && captured.empty() &&
           packet_captured.empty();
  }
};
/// `"metadata": {"flowbits": [...], "flowints": {...}}`; nothing when there is nothing.
void write_metadata(const FlowVariables& variables, JsonWriter& json);

/// `"alert": {...}` of one alert. `blocked`: the packet does not pass. `forwarded`: its `xff`.
void write_alert_object(const Alert& alert, const Packet* packet, const Flow* flow,
                        const AlertOptions& options, bool blocked, JsonWriter& json,
                        std::string_view forwarded = {});

/// `"drop": {...}`
/// `"firewall": {...}`: hook and actions of a firewall rule; nothing for others.
void write_firewall_object(const Alert& alert, JsonWriter& json);
/// Fields of a packet's headers: "len", "ttl", ..., "tcpseq", "syn", ...
void write_header_fields(const Packet& packet, JsonWriter& json);
void write_drop_object(const Packet& packet, JsonWriter& json);
/// `"stream_tcp": {...}`: the packet, and its connection as it stands now. REQUIRES: flow.tcp.
void write_stream_object(const Packet& packet, const Flow& flow, JsonWriter& json);
/// `"arp": {...}`; false when it is not one of Ethernet and IPv4.
bool write_arp_object(const Packet& packet, JsonWriter& json);

/// `"app_proto": ...` and its variants.
void write_app_protos(const Flow& flow, bool even_unknown, JsonWriter& json);
/// `"flow": {...}` with all that a flow record has.
void write_flow_record(const Flow& flow, JsonWriter& json);
/// `"tcp": {...}` of a flow record; nothing for other protocols.
void write_flow_tcp(const Flow& flow, JsonWriter& json);
/// `"netflow": {...}` of one direction, then "tcp".
void write_netflow_record(const Flow& flow, Direction direction, JsonWriter& json);

}  // namespace culvert
