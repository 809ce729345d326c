// What of a packet rules out a rule, in a few words: a pattern that hundreds of rules share costs a
// load and two tests for each that cannot match, not a walk through the rule itself.
//
// A gate lets through too much rather than too little: what passes is held against the rule whole.
#pragma once

#include <cstdint>

#include "detect/rule_draft.h"

namespace culvert {

struct CompiledRule;

/// What a packet is, so that rules which want it otherwise are left out. Bits of RuleGate::rejects.
enum PacketTrait : std::uint32_t {
  kTraitToServer = 1u << 0,
  kTraitToClient = 1u << 1,
  kTraitNoFlow = 1u << 2,
  kTraitEstablished = 1u << 3,  ///< of packets with a flow, either this or the next
  kTraitNotEstablished = 1u << 4,
  kTraitRebuilt = 1u << 5,  ///< from fragments
  kTraitNotRebuilt = 1u << 6,
  kTraitIpv4 = 1u << 7,
  kTraitIpv6 = 1u << 8,
  kTraitArp = 1u << 9,
  kTraitOtherLayer3 = 1u << 10,
  kTraitNoEthernet = 1u << 11,
  kTraitTcp = 1u << 12,
  kTraitUdp = 1u << 13,
  kTraitIcmp = 1u << 14,
  kTraitIcmp6 = 1u << 15,
  kTraitOtherProtocol = 1u << 16,
};

/// The trait that stands for a protocol of IP.
constexpr std::uint32_t trait_of_ip_protocol(std::uint8_t protocol) {
  switch (protocol) {
    case 6:
      return kTraitTcp;
    case 17:
      return kTraitUdp;
    case 1:
      return kTraitIcmp;
    case 58:
      return kTraitIcmp6;
    default:
      return kTraitOtherProtocol;
  }
}

struct RuleGate {
  static constexpr std::uint16_t kAny = 0xffff;
  ProtoSet protos = kAllProtos;                     ///< of the flow or its parser, one of these
  std::uint32_t rejects = 0;                        ///< traits
  std::uint16_t source = kAny, destination = kAny;  ///< as in RuleHeader
  std::uint16_t source_ports = kAny, destination_ports = kAny;
  bool both_ways = false;

  static RuleGate of(const CompiledRule& rule);
};

}  // namespace culvert
