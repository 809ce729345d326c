#include "detect/rule_gate.h"

#include "detect/compiled_rule.h"

namespace culvert {
namespace {

std::uint32_t rejected_by(const RuleHeader& header) {
  constexpr std::uint32_t kNotIp = kTraitArp | kTraitOtherLayer3;
  std::uint32_t rejects = 0;
  switch (header.layer) {
    case RuleHeader::Layer::kPacket:
      return 0;
    case RuleHeader::Layer::kEthernet:
      return kTraitNoEthernet;
    case RuleHeader::Layer::kArp:
      return kTraitIpv4 | kTraitIpv6 | kTraitOtherLayer3;
    case RuleHeader::Layer::kIp:
      rejects = kNotIp;
      break;
    case RuleHeader::Layer::kIpv4:
      rejects = kNotIp | kTraitIpv6;
      break;
    case RuleHeader::Layer::kIpv6:
      rejects = kNotIp | kTraitIpv4;
      break;
  }
  if (header.any_protocol) return rejects;
  std::uint32_t covered = 0;
  for (std::size_t i = 0; i < header.protocols.size(); ++i) {
    if (header.protocols.test(i)) covered |= trait_of_ip_protocol(static_cast<std::uint8_t>(i));
  }
  constexpr std::uint32_t kProtocols =
      kTraitTcp | kTraitUdp | kTraitIcmp | kTraitIcmp6 | kTraitOtherProtocol;
  return rejects | (kProtocols & ~covered);
}

std::uint32_t rejected_by(const FlowRequirements& flow) {
  std::uint32_t rejects = 0;
  if (flow.established || flow.not_established || flow.stateless || flow.no_frag) {
    rejects |= kTraitNoFlow;
  }
  if (flow.established) rejects |= kTraitNotEstablished;
  if (flow.not_established) rejects |= kTraitEstablished;
  if (flow.only_frag) rejects |= kTraitNotRebuilt;
  if (flow.no_frag && !flow.only_frag) rejects |= kTraitRebuilt;
  return rejects;
}

}  // namespace

RuleGate RuleGate::of(const CompiledRule& rule) {
  RuleGate gate;
  if (rule.needs_protos) gate.protos = rule.protos;
  if (rule.both_sides) return gate;  // its header is about the packet that the request came with
  gate.rejects = rejected_by(rule.header);
  if (rule.needs_flow) gate.rejects |= rejected_by(rule.flow);
  if (rule.direction) {
    gate.rejects |= *rule.direction == Direction::kToServer ? kTraitToClient : kTraitToServer;
  }
  const RuleHeader::Layer layer = rule.header.layer;
  if (layer == RuleHeader::Layer::kPacket || layer == RuleHeader::Layer::kEthernet ||
      layer == RuleHeader::Layer::kArp) {
    return gate;  // addresses and ports are not looked at
  }
  gate.source = rule.header.source;
  gate.destination = rule.header.destination;
  gate.source_ports = rule.header.source_ports;
  gate.destination_ports = rule.header.destination_ports;
  gate.both_ways = rule.header.both_ways;
  return gate;
}

}  // namespace culvert
