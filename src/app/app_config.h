// Which application protocols are looked for, which are parsed, and with which options: config key
// `app-layer.protocols`. Read once per configuration, then shared by all workers as it is.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "app/app_proto.h"
#include "app/protocol_detector.h"
#include "app/protocol_spec.h"
#include "base/result.h"
#include "config/config_node.h"

namespace culvert {

class AppConfig {
 public:
  /// One protocol as configured.
  struct Protocol {
    const ProtocolSpec* spec = nullptr;
    std::unique_ptr<ProtocolContext> context;  ///< null: there are no options, or it is not parsed
    bool detect_tcp = false, detect_udp = false;
    bool parse_tcp = false, parse_udp = false;

    bool detects(std::uint8_t ip_proto) const { return ip_proto == 17 ? detect_udp : detect_tcp; }
    bool parses(std::uint8_t ip_proto) const { return ip_proto == 17 ? parse_udp : parse_tcp; }
    /// Speaks over both, so that counters have "_tcp" or "_udp" in their names.
    bool over_both() const { return spec->ip_protos[1] != 0; }
  };

  /// `protocols` and what they point to outlive this.
  AppConfig(std::span<const ProtocolSpec* const> protocols, const ConfigNode& root,
            Complaints& complaints);

  /// Null when there is no such protocol, or it is disabled.
  const Protocol* find(AppProto proto) const { return by_proto_[static_cast<std::size_t>(proto)]; }
  std::span<const std::unique_ptr<Protocol>> protocols() const { return protocols_; }
  const ProtocolDetector& detector() const { return detector_; }

 private:
  std::vector<std::unique_ptr<Protocol>> protocols_;
  std::array<const Protocol*, static_cast<std::size_t>(AppProto::kLast) + 1> by_proto_{};
  ProtocolDetector detector_;
};

}  // namespace culvert
