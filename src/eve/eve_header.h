// The common front of EVE records, and the pieces that several kinds of record share.
#pragma once

#include <string_view>

#include "eve/eve_config.h"
#include "event/json_writer.h"
#include "flow/flow.h"
#include "packet/packet.h"

namespace culvert {

/// How a record names the ends: as the packet went, or by who opened the flow.
enum class EveDirection : std::uint8_t {
  kPacket,    ///< source and destination of the packet
  kFlow,      ///< client first
  kReversed,  ///< server first
};

class FlowMacs;  // eve/flow_macs.h

struct EveHeader {
  std::string_view event_type;
  Timestamp time{};
  const Packet* packet = nullptr;  ///< null: no packet (end of a flow)
  const Flow* flow = nullptr;      ///< null: packet without a flow
  EveDirection direction = EveDirection::kPacket;
  const EveOutput* output = nullptr;
  std::string_view client = {};  ///< stands in for the client's address; empty: nothing does
  std::string_view host = {};
  std::string_view interface = {};
  std::string_view capture_file = {};
  const FlowMacs* macs = nullptr;  ///< where there is no packet to tell; null: none are kept
  bool flushed = false;  ///< no packet, but not the end of the flow: what it held is inspected
};

/// Begins the record: opens the object and writes time, flow id, addresses, tenant. What is left is
/// the record's own; the caller closes the object.
void write_header(const EveHeader& header, JsonWriter& json);

/// "pkts_toserver" to "start", the ends: into an open object (alert `flow`, flow `flow`).
void write_flow_counters(const Flow& flow, JsonWriter& json);
void write_flow_ends(const Flow& flow, JsonWriter& json, std::string_view client = {});
/// `"tcp_flags": "1b"` and "syn": true and so on, of or'ed TCP flags.
void write_tcp_flags(std::uint8_t flags, JsonWriter& json);
/// `"packet": base64, "packet_info": {...}`.
void write_packet(const Packet& packet, Bytes bytes, JsonWriter& json);
/// `"verdict": {...}` of the packet; `alerted`: a rule matched.
void write_verdict(const Packet& packet, bool alerted, JsonWriter& json);
/// The same of an alert at the end of a flow.
void write_verdict(const Flow& flow, JsonWriter& json);

/// "01:ab:ff:00:09:10", from the first 6 bytes; views `text`.
constexpr std::size_t kMacTextSize = 17;
std::string_view format_mac(Bytes mac, char (&text)[kMacTextSize]);
/// A field such as "src_mac": "00:1d:09:f0:92:ab". REQUIRES: 6 bytes.
void write_mac(std::string_view key, Bytes mac, JsonWriter& json);

/// "UDP", "TCP", "ICMP", "IPv6-ICMP" ..., or the number as three digits ("253").
std::string_view proto_name(std::uint8_t ip_proto, char (&buffer)[4]);

}  // namespace culvert
