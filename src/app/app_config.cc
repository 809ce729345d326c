#include "app/app_config.h"

#include <string>

namespace culvert {
namespace {

enum class Mode { kOff, kDetectionOnly, kOn };

constexpr ConfigChoice<Mode> kModes[] = {
    {"yes", Mode::kOn},  {"true", Mode::kOn}, {"on", Mode::kOn},
    {"1", Mode::kOn},    {"no", Mode::kOff},  {"false", Mode::kOff},
    {"off", Mode::kOff}, {"0", Mode::kOff},   {"detection-only", Mode::kDetectionOnly},
};

/// `app-layer.protocols.dns.udp.enabled`, else `app-layer.protocols.dns.enabled`, else its default.
Mode mode_of(const ProtocolSpec& spec, std::uint8_t ip_proto, const ConfigNode& root,
             Complaints& complaints) {
  const std::string path = "app-layer.protocols." + std::string(spec.name);
  const Mode general = root.choice(path + ".enabled", kModes,
                                   spec.enabled_by_default ? Mode::kOn : Mode::kOff, complaints);
  const std::string transport = ip_proto == 17 ? ".udp" : ".tcp";
  return root.choice(path + transport + ".enabled", kModes, general, complaints);
}

}  // namespace

AppConfig::AppConfig(std::span<const ProtocolSpec* const> protocols, const ConfigNode& root,
                     Complaints& complaints) {
  for (const ProtocolSpec* spec : protocols) {
    auto protocol = std::make_unique<Protocol>();
    protocol->spec = spec;
    for (const std::uint8_t ip_proto : spec->ip_protos) {
      if (ip_proto == 0) continue;
      const Mode mode = mode_of(*spec, ip_proto, root, complaints);
      (ip_proto == 17 ? protocol->detect_udp : protocol->detect_tcp) = mode != Mode::kOff;
      (ip_proto == 17 ? protocol->parse_udp : protocol->parse_tcp) =
          mode == Mode::kOn && spec->make_parser != nullptr;
      if (mode != Mode::kOff) detector_.add(*spec, ip_proto, root, complaints);
    }
    if (!protocol->detect_tcp && !protocol->detect_udp) continue;
    if (spec->make_context != nullptr && (protocol->parse_tcp || protocol->parse_udp)) {
      protocol->context = spec->make_context(root, complaints);
    }
    by_proto_[static_cast<std::size_t>(spec->proto)] = protocol.get();
    protocols_.push_back(std::move(protocol));
  }
}

}  // namespace culvert
