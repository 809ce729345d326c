#include "eve/fast_log.h"

#include <fmt/format.h>

#include <iterator>

#include "eve/eve_header.h"

namespace culvert {
namespace {

void append_end(const IpAddress& address, unsigned port, std::string& out) {
  char text[IpAddress::kMaxTextSize];
  const char* const begin = text;
  const char* const end = address.format_full(text);
  out.append(begin, end);
  fmt::format_to(std::back_inserter(out), ":{}", port);
}

void append_ends(const Packet& packet, std::string& out) {
  char number[4];
  fmt::format_to(std::back_inserter(out), "{{{}}} ", proto_name(packet.ip_proto, number));
  const bool icmp = packet.layer4 == Layer4::kIcmp4 || packet.layer4 == Layer4::kIcmp6;
  append_end(packet.source, icmp ? packet.icmp_type : packet.source_port, out);
  out += " -> ";
  append_end(packet.destination, icmp ? packet.icmp_code : packet.destination_port, out);
}

void append_ends(const Flow& flow, Direction direction, std::string& out) {
  char number[4];
  fmt::format_to(std::back_inserter(out), "{{{}}} ", proto_name(flow.key.ip_proto, number));
  const bool forward = direction == Direction::kToServer;
  append_end(forward ? flow.client() : flow.server(),
             forward ? flow.client_port() : flow.server_port(), out);
  out += " -> ";
  append_end(forward ? flow.server() : flow.client(),
             forward ? flow.server_port() : flow.client_port(), out);
}

/// Packets without IP show their beginning instead.
void append_raw(const Packet& packet, std::string& out) {
  constexpr std::size_t kShown = 32;
  out += "[Raw pkt: ";
  for (const std::byte byte : packet.data.first(std::min(kShown, packet.data.size()))) {
    fmt::format_to(std::back_inserter(out), "{:02X} ", std::to_integer<unsigned>(byte));
  }
  out += "]";
}

}  // namespace

void write_fast_line(const Alert& alert, Timestamp time, const Packet* packet, const Flow* flow,
                     bool inline_mode, TimeText& times, std::string& out) {
  const RuleMeta& rule = *alert.rule;
  out.clear();
  out += times.log(time);
  const char* action = "";
  if (rule.action != Action::kAccept) action = inline_mode ? "[Drop] " : "[wDrop] ";
  fmt::format_to(std::back_inserter(out),
                 "  {}[**] [{}:{}:{}] {} [**] [Classification: {}] [Priority: {}] ", action,
                 rule.gid, rule.sid, rule.rev, rule.msg,
                 rule.category.empty() ? std::string_view("(null)") : rule.category,
                 rule.priority);
  if (packet != nullptr && packet->is_ip()) {
    append_ends(*packet, out);
  } else if (packet != nullptr) {
    append_raw(*packet, out);
  } else if (flow != nullptr) {
    append_ends(*flow, alert.direction, out);
  }
  out += '\n';
}

}  // namespace culvert
