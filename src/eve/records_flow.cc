// Flow, netflow and ARP records.
#include "app/app_session.h"
#include "base/byte_cursor.h"
#include "eve/eve_header.h"
#include "eve/records.h"
#include "flow/exception_policy.h"
#include "stream/tcp_session.h"

namespace culvert {
namespace {

std::string_view state_name(FlowState state) {
  switch (state) {
    case FlowState::kNew:
      return "new";
    case FlowState::kEstablished:
      return "established";
    case FlowState::kClosed:
      return "closed";
    case FlowState::kBypassedLocal:
    case FlowState::kBypassedCapture:
      return "bypassed";
  }
  return "new";
}

std::string_view reason_name(FlowEndReason reason) {
  switch (reason) {
    case FlowEndReason::kTimeout:
      return "timeout";
    case FlowEndReason::kForced:
      return "forced";
    case FlowEndReason::kShutdown:
      return "shutdown";
    case FlowEndReason::kTcpReuse:
      return "tcp_reuse";
    case FlowEndReason::kUnknown:
      return "unknown";
  }
  return "unknown";
}

void write_flags_text(std::string_view key, std::uint8_t flags, JsonWriter& json) {
  const std::byte byte{flags};
  json.field_hex(key, Bytes(&byte, 1));
}

void write_age(const Flow& flow, JsonWriter& json) {
  json.field_time("end", flow.last_seen);
  json.field("age", whole_seconds(flow.last_seen) - whole_seconds(flow.first_seen));
}

void write_transaction_count(const Flow& flow, JsonWriter& json) {
  if (flow.app != nullptr && flow.app->transaction_count() != 0) {
    json.field("tx_cnt", flow.app->transaction_count());
  }
}

std::uint8_t seen_flags(const Flow& flow, Direction direction) {
  return flow.tcp == nullptr ? std::uint8_t{0} : flow.tcp->sender(direction).tcp_flags;
}

}  // namespace

void write_app_protos(const Flow& flow, bool even_unknown, JsonWriter& json) {
  const AppSession* const app = flow.app;
  if (app == nullptr) {
    if (even_unknown) json.field("app_proto", name_of(AppProto::kUnknown));
    return;
  }
  if (even_unknown || app->proto() != AppProto::kUnknown) {
    json.field("app_proto", name_of(app->proto()));
  }
  const AppProto to_server = app->proto(Direction::kToServer);
  const AppProto to_client = app->proto(Direction::kToClient);
  if (to_client != app->proto() && to_client != AppProto::kUnknown) {
    json.field("app_proto_tc", name_of(to_client));
  }
  if (to_server != app->proto() && to_server != AppProto::kUnknown) {
    json.field("app_proto_ts", name_of(to_server));
  }
  if (app->original() != AppProto::kUnknown && app->original() != app->proto()) {
    json.field("app_proto_orig", name_of(app->original()));
  }
  if (app->expected() != AppProto::kUnknown && app->expected() != app->proto()) {
    json.field("app_proto_expected", name_of(app->expected()));
  }
}

void write_flow_record(const Flow& flow, JsonWriter& json) {
  write_app_protos(flow, false, json);
  json.begin_object("flow");
  write_flow_counters(flow, json);
  write_age(flow, json);
  if (flow.emergency) json.field("emergency", true);
  const bool bypassed = flow.state == FlowState::kBypassedLocal ||
                        flow.state == FlowState::kBypassedCapture;
  if (bypassed) {
    json.field("bypass", flow.state == FlowState::kBypassedLocal ? "local" : "capture");
  }
  json.field("state", state_name(flow.state));
  json.field("reason", reason_name(flow.end_reason));
  json.field("alerted", flow.has_alerts);
  if (flow.wrong_thread) json.field("wrong_thread", true);
  if (flow.verdict == FlowVerdict::kDrop || flow.action == Action::kDrop) {
    json.field("action", "drop");
  } else if (flow.verdict == FlowVerdict::kPass || (bypassed && flow.exception_policies != 0)) {
    json.field("action", "pass");
  } else if (flow.firewall_accepted) {
    json.field("action", "accept");
  } else if (flow.action == Action::kAccept && flow.verdict == FlowVerdict::kInspect &&
             flow.drop_reason != DropReason::kNone) {
    json.field("action", "accept");
  }
  if (flow.exception_policies != 0) {
    json.begin_array("exception_policy");
    for (std::size_t i = 0; i < kExceptionTargets; ++i) {
      const auto target = static_cast<ExceptionTarget>(i);
      const auto policy = policy_applied(flow, target);
      if (!policy) continue;
      json.begin_object();
      json.field("target", name_of(target));
      json.field("policy", name_of(*policy));
      json.end_object();
    }
    json.end_array();
  }
  write_transaction_count(flow, json);
  json.end_object();
}

void write_flow_tcp(const Flow& flow, JsonWriter& json) {
  if (flow.key.ip_proto != 6) return;
  json.begin_object("tcp");
  const std::uint8_t both =
      static_cast<std::uint8_t>(seen_flags(flow, Direction::kToServer) |
                                seen_flags(flow, Direction::kToClient));
  write_flags_text("tcp_flags", both, json);
  write_flags_text("tcp_flags_ts", seen_flags(flow, Direction::kToServer), json);
  write_flags_text("tcp_flags_tc", seen_flags(flow, Direction::kToClient), json);
  write_tcp_flags(both, json);
  if (const TcpSession* const session = flow.tcp) {
    json.field("state", name_of(session->state));
    if (session->client.has_gap) json.field("ts_gap", true);
    if (session->server.has_gap) json.field("tc_gap", true);
    if (session->client.max_regions != 0) json.field("ts_max_regions", session->client.max_regions);
    if (session->server.max_regions != 0) json.field("tc_max_regions", session->server.max_regions);
    if (session->client.urgent_oob != 0) {
      json.field("ts_urgent_oob_data", session->client.urgent_oob);
    }
    if (session->server.urgent_oob != 0) {
      json.field("tc_urgent_oob_data", session->server.urgent_oob);
    }
  }
  json.end_object();
}

void write_netflow_record(const Flow& flow, Direction direction, JsonWriter& json) {
  write_app_protos(flow, true, json);
  const FlowSide& side = flow.side(direction);
  json.begin_object("netflow");
  json.field("pkts", side.packets);
  json.field("bytes", side.bytes);
  json.field_time("start", flow.first_seen);
  write_age(flow, json);
  json.field("min_ttl", side.min_ttl);
  json.field("max_ttl", side.max_ttl);
  write_transaction_count(flow, json);
  json.end_object();
  if (flow.key.ip_proto == 6) {
    json.begin_object("tcp");
    write_flags_text("tcp_flags", side.tcp_flags, json);
    write_tcp_flags(side.tcp_flags, json);
    json.end_object();
  }
}

// RFC 826: hardware type(2) protocol type(2) hardware length(1) protocol length(1) operation(2), then
// sender's hardware and protocol address, and the target's.
bool write_arp_object(const Packet& packet, JsonWriter& json) {
  struct Operation {
    std::uint16_t number;
    std::string_view name;
  };
  constexpr Operation kOperations[] = {
      {1, "request"},          {2, "reply"},           {3, "request_reverse"}, {4, "reply_reverse"},
      {5, "request_dynamic"},  {6, "reply_dynamic"},   {7, "error_dynamic"},   {8, "request_inverse"},
      {9, "reply_inverse"},    {10, "arp_nak"},
  };
  ByteCursor arp(packet.payload);
  const bool ethernet = arp.u16() == 1;
  const bool ipv4 = arp.u16() == 0x0800;
  const bool sizes = arp.u16() == 0x0604;
  const std::uint16_t number = arp.u16();
  const Bytes source_mac = arp.take(6), source = arp.take(4);
  const Bytes target_mac = arp.take(6), target = arp.take(4);
  if (!arp.ok() || !ethernet || !ipv4 || !sizes) return false;
  std::string_view name;
  for (const auto& operation : kOperations) {
    if (operation.number == number) name = operation.name;
  }
  if (name.empty()) return false;
  json.begin_object("arp");
  json.field("hw_type", "ethernet");
  json.field("proto_type", "ipv4");
  json.field("opcode", name);
  write_mac("src_mac", source_mac, json);
  json.field_address("src_ip", IpAddress::from_bytes(source));
  write_mac("dest_mac", target_mac, json);
  json.field_address("dest_ip", IpAddress::from_bytes(target));
  json.end_object();
  return true;
}

}  // namespace culvert
