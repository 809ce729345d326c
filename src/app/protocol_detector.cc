#include "app/protocol_detector.h"

#include <algorithm>
#include <string>

namespace culvert {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

std::size_t depth_of(const ProtocolPattern& pattern) {
  return std::max<std::size_t>(pattern.depth, pattern.offset + pattern.bytes.size());
}

bool equal(std::string_view a, std::string_view b, bool nocase) {
  if (!nocase) return a == b;
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// The protocol's `detection-ports`, whatever the transport; else those of the probe; else null.
const ConfigNode* find_ports(const ConfigNode& root, const ProtocolSpec& spec,
                             const ProtocolProbe& probe) {
  if (probe.config_key.empty()) return nullptr;
  const std::string path = "app-layer.protocols.";
  for (const std::string& key : {path + std::string(spec.name) + ".detection-ports.dp",
                                 path + std::string(probe.config_key)}) {
    const ConfigNode* node = root.find(key);
    if (node != nullptr && !node->is_null()) return node;
  }
  return nullptr;
}

/// Whether the pattern is in its window.
bool is_in(const ProtocolPattern& pattern, std::string_view data) {
  const std::size_t size = pattern.bytes.size();
  const std::size_t last_start = depth_of(pattern) - size;
  for (std::size_t at = pattern.offset; at <= last_start && at + size <= data.size(); ++at) {
    if (equal(data.substr(at, size), pattern.bytes, pattern.nocase)) return true;
  }
  return false;
}

}  // namespace

void ProtocolDetector::add(const ProtocolSpec& spec, std::uint8_t ip_proto, const ConfigNode& root,
                           Complaints& complaints) {
  Transport& transport = transports_[index_of_transport(ip_proto)];
  for (const ProtocolPattern& pattern : spec.patterns) {
    if (pattern.ip_proto != ip_proto) continue;
    Side& side = transport.sides[index_of(pattern.direction)];
    side.patterns.push_back({&spec, &pattern});
    if (pattern.offset == 0 && depth_of(pattern) == pattern.bytes.size()) {
      const char first = pattern.bytes.front();
      side.may_begin[static_cast<unsigned char>(pattern.nocase ? lower(first) : first)] = true;
      if (pattern.nocase) side.may_begin[static_cast<unsigned char>(upper(first))] = true;
    } else {
      side.has_floating = true;
    }
  }
  for (const ProtocolProbe& probe : spec.probes) {
    if (probe.ip_proto != ip_proto) continue;
    std::string text(probe.default_ports);
    if (const ConfigNode* node = find_ports(root, spec, probe)) {
      text.clear();
      for (const std::string& item : node->texts("")) text += item + ",";
    }
    auto ports = PortList::parse(text);
    if (!ports) {
      complaints.error("app-layer.protocols." + std::string(probe.config_key) + ": \"" + text +
                       "\" is not a list of ports such as 53 or [139, 445]");
      continue;
    }
    transport.probes.push_back({&spec, &probe, *std::move(ports)});
  }
}

ProtocolDetector::Answer ProtocolDetector::detect(std::uint8_t ip_proto, Direction direction,
                                                  Bytes data, Ports ports,
                                                  const ProtocolSpec* expected) const {
  const Transport& transport = transports_[index_of_transport(ip_proto)];
  const Side& side = transport.sides[index_of(direction)];
  data = data.first(std::min(data.size(), kMaxBytes));
  bool open = false;
  if (expected != nullptr) {
    const Answer by_pattern = match_patterns(side, direction, data, expected);
    if (by_pattern.spec != nullptr) return by_pattern;
    const Answer by_probe = run_probes(transport.probes, direction, data, ports, expected);
    if (by_probe.spec != nullptr) return by_probe;
    open = !by_pattern.decided || !by_probe.decided;
  }
  if (!open) {
    const Answer by_pattern = match_patterns(side, direction, data, nullptr);
    if (by_pattern.spec != nullptr) return by_pattern;
    const Answer by_probe = run_probes(transport.probes, direction, data, ports, nullptr);
    if (by_probe.spec != nullptr) return by_probe;
    open = !by_pattern.decided || !by_probe.decided;
  }
  const std::size_t decisive =
      direction == Direction::kToServer ? kDecisiveBytesToServer : kDecisiveBytesToClient;
  const bool enough = data.size() >= kMaxBytes || (!open && data.size() >= decisive);
  return {.decided = ip_proto == 17 || enough};
}

const ProtocolSpec* ProtocolDetector::find_reversed(Direction direction, Bytes data) const {
  const Direction other = opposite(direction);
  const Side& side = transports_[index_of_transport(6)].sides[index_of(other)];
  return match_patterns(side, other, data.first(std::min(data.size(), kMaxBytes)), nullptr).spec;
}

bool ProtocolDetector::Answer::take(ProbeResult result, const ProtocolSpec* of) {
  switch (result) {
    case ProbeResult::kYes:
    case ProbeResult::kYesReversed:
      *this = {.spec = of, .reversed = result == ProbeResult::kYesReversed};
      return true;
    case ProbeResult::kNeedMore:
      decided = false;
      return false;
    case ProbeResult::kNo:
      return false;
  }
  return false;
}

ProtocolDetector::Answer ProtocolDetector::match_patterns(const Side& side, Direction direction,
                                                          Bytes data,
                                                          const ProtocolSpec* only) const {
  Answer answer;
  if (data.empty()) return answer;
  const bool may_begin = side.may_begin[std::to_integer<unsigned char>(data[0])];
  if (!may_begin && !side.has_floating) return answer;
  for (const Pattern& candidate : side.patterns) {
    if (only != nullptr ? candidate.spec != only : candidate.pattern->only_agrees) continue;
    if (!is_in(*candidate.pattern, as_text(data))) continue;
    if (candidate.pattern->confirm == nullptr) return {.spec = candidate.spec};
    if (answer.take(candidate.pattern->confirm(direction, data), candidate.spec)) return answer;
  }
  return answer;
}

ProtocolDetector::Answer ProtocolDetector::run_probes(const std::vector<Probe>& probes,
                                                      Direction direction, Bytes data, Ports ports,
                                                      const ProtocolSpec* only) const {
  Answer answer;
  // The client's port counts only when nothing is known about the server's, as in a connection that
  // was picked up from a packet of its server. Of datagrams, the first is the client's.
  const bool try_client_port = &probes == &transports_[index_of_transport(6)].probes;
  for (const std::uint16_t port : {ports.server, ports.client}) {
    bool known_port = false;
    for (const Probe& candidate : probes) {
      if (only != nullptr && candidate.spec != only) continue;
      if (!candidate.ports.empty() && !candidate.ports.contains(port)) continue;
      known_port = known_port || !candidate.ports.empty();
      if (data.size() < candidate.probe->min_bytes) {
        answer.decided = false;
        continue;
      }
      if (answer.take(candidate.probe->probe(direction, data), candidate.spec)) return answer;
    }
    if (known_port || !try_client_port) break;
  }
  return answer;
}

}  // namespace culvert
