// Alert and drop records.
#include <cmath>

#include "base/byte_cursor.h"
#include "eve/eve_header.h"
#include "eve/records.h"

namespace culvert {
namespace {

void write_end(std::string_view key, const IpAddress& address, bool has_port, std::uint16_t port,
               JsonWriter& json) {
  json.begin_object(key);
  json.field_address("ip", address);
  if (has_port) json.field("port", port);
  json.end_object();
}

/// Which end attacks and which is attacked, as the rule's `target` says.
void write_target(const RuleMeta& rule, const Packet* packet, const Flow* flow, Direction direction,
                  JsonWriter& json) {
  IpAddress source, destination;
  std::uint16_t source_port = 0, destination_port = 0;
  bool has_ports = false;
  if (packet != nullptr) {
    source = packet->source;
    destination = packet->destination;
    source_port = packet->source_port;
    destination_port = packet->destination_port;
    has_ports = packet->is_tcp() || packet->is_udp() || packet->layer4 == Layer4::kSctp;
  } else if (flow != nullptr) {
    const bool to_server = direction == Direction::kToServer;
    source = to_server ? flow->client() : flow->server();
    destination = to_server ? flow->server() : flow->client();
    source_port = to_server ? flow->client_port() : flow->server_port();
    destination_port = to_server ? flow->server_port() : flow->client_port();
    has_ports = flow->key.ip_proto == 6 || flow->key.ip_proto == 17;
  }
  const bool target_is_source = rule.target == RuleTarget::kSource;
  write_end("source", target_is_source ? destination : source, has_ports,
            target_is_source ? destination_port : source_port, json);
  write_end("target", target_is_source ? source : destination, has_ports,
            target_is_source ? source_port : destination_port, json);
}

/// `"metadata": {"key": ["value", ...]}`: values of a key together, keys in the rule's order.
void write_rule_metadata(const RuleMeta& rule, JsonWriter& json) {
  if (rule.metadata.empty()) return;
  json.begin_object("metadata");
  for (std::size_t i = 0; i < rule.metadata.size(); ++i) {
    const std::string_view key = rule.metadata[i].first;
    bool seen = false;
    for (std::size_t j = 0; j < i && !seen; ++j) seen = rule.metadata[j].first == key;
    if (seen) continue;
    json.begin_array(key);
    for (std::size_t j = i; j < rule.metadata.size(); ++j) {
      if (rule.metadata[j].first == key) json.item(rule.metadata[j].second);
    }
    json.end_array();
  }
  json.end_object();
}

}  // namespace

void write_metadata(const FlowVariables& variables, JsonWriter& json) {
  if (variables.empty()) return;
  json.begin_object("metadata");
  if (!variables.flowbits.empty()) {
    json.begin_array("flowbits");
    for (const auto& name : variables.flowbits) json.item(name);
    json.end_array();
  }
  if (!variables.flowints.empty()) {
    json.begin_object("flowints");
    for (const auto& [name, value] : variables.flowints) json.field(name, value);
    json.end_object();
  }
  const auto write_captured = [&json](const char* key, const std::vector<Detector::Captured>& all) {
    if (all.empty()) return;
    json.begin_array(key);
    for (const auto& [name, value] : all) {
      json.begin_object();
      json.field(name, value);
      json.end_object();
    }
    json.end_array();
  };
  write_captured("flowvars", variables.captured);
  write_captured("pktvars", variables.packet_captured);
  if (!variables.entropies.empty()) {
    json.begin_object("entropy");
    for (const auto& [name, value] : variables.entropies) {
      if (value == std::floor(value)) {
        json.field(name, static_cast<std::uint32_t>(value));
      } else {
        json.field_double(name, value);
      }
    }
    json.end_object();
  }
  json.end_object();
}

void write_alert_object(const Alert& alert, const Packet* packet, const Flow* flow,
                        const AlertOptions& options, bool blocked, JsonWriter& json,
                        std::string_view forwarded) {
  const RuleMeta& rule = *alert.rule;
  json.begin_object("alert");
  json.field("action", blocked ? "blocked" : "allowed");
  if (!alert.engine.empty()) json.field("engine", alert.engine);
  json.field("gid", rule.gid);
  json.field("signature_id", rule.sid);
  json.field("rev", rule.rev);
  json.field("signature", rule.msg);
  json.field("category", rule.category);
  json.field("severity", rule.priority);
  if (rule.target != RuleTarget::kNone) {
    write_target(rule, packet, flow, alert.direction, json);
  }
  if (options.rule_references && !rule.references.empty()) {
    json.begin_array("references");
    for (const auto& reference : rule.references) json.item(reference.prefix + reference.content);
    json.end_array();
  }
  if (options.rule_metadata) write_rule_metadata(rule, json);
  if (!alert.contexts.empty()) {
    json.begin_object("context");
    for (const AlertContext& each : alert.contexts) json.field_json(each.key, each.json);
    json.end_object();
  }
  if (options.rule_text) json.field("rule", rule.text);
  if (!forwarded.empty()) json.field("xff", forwarded);
  json.end_object();
}

void write_firewall_object(const Alert& alert, JsonWriter& json) {
  const RuleMeta& rule = *alert.rule;
  if (!rule.is_firewall) return;
  json.begin_object("firewall");
  if (!rule.firewall_hook.empty()) json.field("hook", rule.firewall_hook);
  json.field("policy", rule.firewall_policy);
  json.end_object();
}

void write_header_fields(const Packet& packet, JsonWriter& json) {
  ByteCursor ip(packet.ip_header);
  if (packet.layer3 == Layer3::kIpv4) {
    ip.skip(1);
    const unsigned tos = ip.u8();
    json.field("len", ip.u16());
    json.field("tos", tos);
    const unsigned id = ip.u16();
    ip.skip(2);
    json.field("ttl", ip.u8());
    json.field("ipid", id);
  } else if (packet.layer3 == Layer3::kIpv6) {
    const std::uint32_t first = ip.u32();
    json.field("len", ip.u16());
    json.field("tc", first >> 20 & 0xff);
    ip.skip(1);
    json.field("hoplimit", ip.u8());
    json.field("flowlbl", first & 0xfffff);
  }
  if (packet.is_tcp()) {
    ByteCursor tcp(packet.l4_header);
    tcp.skip(4);
    json.field("tcpseq", tcp.u32());
    json.field("tcpack", tcp.u32());
    tcp.skip(2);
    json.field("tcpwin", tcp.u16());
    const unsigned flags = packet.tcp_flags();
    json.field("syn", (flags & 0x02) != 0);
    json.field("ack", (flags & 0x10) != 0);
    json.field("psh", (flags & 0x08) != 0);
    json.field("rst", (flags & 0x04) != 0);
    json.field("urg", (flags & 0x20) != 0);
    json.field("fin", (flags & 0x01) != 0);
    json.field("tcpres", 0);
    tcp.skip(2);
    json.field("tcpurgp", tcp.u16());
  } else if (packet.is_udp()) {
    ByteCursor udp(packet.l4_header);
    udp.skip(4);
    json.field("udplen", udp.u16());
  } else if (packet.layer4 == Layer4::kIcmp4) {
    ByteCursor icmp(packet.l4_header);
    icmp.skip(4);
    if (packet.icmp_type == 8 || packet.icmp_type == 0) {
      json.field("icmp_id", icmp.u16());
      json.field("icmp_seq", icmp.u16());
    }
  }
}

void write_drop_object(const Packet& packet, JsonWriter& json) {
  json.begin_object("drop");
  write_header_fields(packet, json);
  if (packet.verdict.reason != DropReason::kNone) {
    json.field("reason", name_of(packet.verdict.reason));
  }
  json.end_object();
}

}  // namespace culvert
