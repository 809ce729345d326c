// What the tests of this folder share: rules compiled with all that is built in, packets run past them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "builtin/keywords.h"
#include "builtin/protocols.h"
#include "detect/detector.h"
#include "detect/rule_set.h"
#include "testing/decode_packet.h"
#include "testing/packet_builder.h"

namespace culvert {

inline RuleEnvironment insight_environment() {
  static const ConfigNode kNoConfig;
  RuleEnvironment environment;
  environment.protocols = builtin_protocols();
  environment.keywords = builtin_keywords();
  environment.config = &kNoConfig;
  return environment;
}

inline RuleSources insight_sources(const std::string& rules) {
  RuleSources sources;
  sources.files.push_back({"test.rules", rules, false});
  return sources;
}

/// UDP 10.0.0.1:1000 -> 10.0.0.2:53.
inline std::vector<std::byte> insight_packet(std::string_view payload) {
  return PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53).payload(payload).build();
}

/// Holds the packet, which has no flow, against the rules, watched.
inline std::size_t run_watched(const std::string& rules, const std::vector<std::byte>& bytes,
                               DetectWatch& watch) {
  Complaints complaints;
  const auto compiled = compile_rules(insight_environment(), insight_sources(rules), complaints);
  PacketStack stack;
  Packet packet;
  packet.time = make_timestamp(100);
  packet.number = 1;
  decode_packet(bytes, packet, stack);
  Detector detector{DetectOptions{}};
  detector.watch(&watch);
  detector.use(compiled);
  DetectInput input;
  input.packet = &packet;
  input.time = packet.time;
  detector.inspect(input);
  return detector.alerts().size();
}

}  // namespace culvert
