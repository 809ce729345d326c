#include "packet/decode_options.h"

#include <charconv>
#include <string>
#include <string_view>

namespace culvert {
namespace {

/// "4789", "[4789, 8472]", "$VXLAN_PORTS", or a YAML list of such.
void add_ports(const ConfigNode& root, const ConfigNode& at, std::string_view text,
               TunnelPorts& ports, Complaints& complaints, int depth = 0) {
  constexpr int kMaxDepth = 8;
  constexpr std::string_view kSeparators = "[], \t\"'";
  while (!text.empty()) {
    const std::size_t start = text.find_first_not_of(kSeparators);
    if (start == std::string_view::npos) return;
    text.remove_prefix(start);
    const std::string_view word = text.substr(0, text.find_first_of(kSeparators));
    text.remove_prefix(word.size());
    if (word.front() == '$') {
      const std::string path = "vars.port-groups." + std::string(word.substr(1));
      const std::string value = root.text(path);
      if (value.empty() || depth == kMaxDepth) {
        at.complain("", "a port, a list of ports, or a variable of vars.port-groups", complaints);
        return;
      }
      add_ports(root, at, value, ports, complaints, depth + 1);
      continue;
    }
    std::uint16_t port = 0;
    const char* const end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, port);
    if (word == "any") continue;
    if (error != std::errc{} || stop != end) {
      at.complain("", "a port, a list of ports, or a variable of vars.port-groups", complaints);
      return;
    }
    if (!ports.add(port)) {
      at.complain("", "at most 4 ports", complaints);
      return;
    }
  }
}

TunnelPorts read_ports(const ConfigNode& root, const std::string& path, TunnelPorts fallback,
                       Complaints& complaints) {
  const ConfigNode* node = root.find(path);
  if (node == nullptr || node->is_null()) return fallback;
  TunnelPorts ports;
  for (const std::string& text : root.texts(path)) {
    add_ports(root, *node, text, ports, complaints);
  }
  return ports;
}

}  // namespace

DecodeOptions parse_decode_options(const ConfigNode& root, Complaints& complaints) {
  DecodeOptions options;
  options.vxlan_ports =
      read_ports(root, "decoder.vxlan.ports", options.vxlan_ports, complaints);
  options.geneve_ports =
      read_ports(root, "decoder.geneve.ports", options.geneve_ports, complaints);
  options.teredo_ports =
      read_ports(root, "decoder.teredo.ports", options.teredo_ports, complaints);
  if (!root.boolean("decoder.vxlan.enabled", true, complaints)) options.vxlan_ports = {};
  if (!root.boolean("decoder.geneve.enabled", true, complaints)) options.geneve_ports = {};
  options.teredo = root.boolean("decoder.teredo.enabled", true, complaints);
  if (root.has("decoder.erspan.typeI.enabled")) {
    complaints.warning(
        "ERSPAN Type I is no longer configurable and it is always enabled; ignoring configuration "
        "setting.",
        root.find("decoder.erspan.typeI.enabled")->place().text());
  }
  options.max_layers = static_cast<std::uint8_t>(
      root.integer("decoder.max-layers", options.max_layers, complaints, 1, 255));
  return options;
}

}  // namespace culvert
