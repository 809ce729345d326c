// Tells the application protocol of a flow by its first bytes.
//
// Each direction is looked at for itself. Patterns are tried first, on any port; a pattern that is
// not proof enough has a function to confirm it. Then the probes of the protocols that are expected
// on the flow's ports. A direction is decided when one of them says yes, or when enough bytes have
// come.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "app/port_list.h"
#include "app/protocol_spec.h"
#include "base/bytes.h"
#include "base/result.h"
#include "config/config_node.h"

namespace culvert {

class ProtocolDetector {
 public:
  /// More bytes than these of one direction are never needed to tell.
  static constexpr std::size_t kMaxBytes = 4096;

  struct Ports {
    std::uint16_t client = 0;
    std::uint16_t server = 0;
  };
  struct Answer {
    const ProtocolSpec* spec = nullptr;  ///< null: not found
    bool reversed = false;  ///< the bytes are those of the other direction: client and server swap
    bool decided = true;    ///< false: more bytes could change the answer

    /// Notes what asking for `of` has shown. Whether that settles it.
    bool take(ProbeResult result, const ProtocolSpec* of);
  };

  /// Adds what `spec` offers for that transport. `root` gives the ports, where configured.
  void add(const ProtocolSpec& spec, std::uint8_t ip_proto, const ConfigNode& root,
           Complaints& complaints);

  /// Fewer bytes leave a TCP direction open, as more could make any of the patterns: what the
  /// reference needs, to server and to client.
  static constexpr std::size_t kDecisiveBytesToServer = 17, kDecisiveBytesToClient = 10;

  /// What the first bytes `data` of a direction tell. For UDP, one datagram decides. `expected` is
  /// what the other direction has been recognised as: if the bytes can be that, they are. Or null.
  Answer detect(std::uint8_t ip_proto, Direction direction, Bytes data, Ports ports,
                const ProtocolSpec* expected = nullptr) const;
  /// The protocol whose patterns for the other direction the bytes of a TCP direction show, as those
  /// of a connection that was picked up from a packet of its server; or null.
  const ProtocolSpec* find_reversed(Direction direction, Bytes data) const;

 private:
  struct Pattern {
    const ProtocolSpec* spec;
    const ProtocolPattern* pattern;
  };
  struct Probe {
    const ProtocolSpec* spec;
    const ProtocolProbe* probe;
    PortList ports;  ///< empty: any
  };
  /// What is looked for in one direction of one transport.
  struct Side {
    std::vector<Pattern> patterns;
    std::array<bool, 256> may_begin{};  ///< first bytes of patterns that sit at the start
    bool has_floating = false;          ///< there are patterns that do not
  };
  struct Transport {
    std::array<Side, 2> sides;
    std::vector<Probe> probes;
  };

  static std::size_t index_of_transport(std::uint8_t ip_proto) { return ip_proto == 17 ? 1 : 0; }
  // With `only`, just the patterns and probes of that protocol.
  Answer match_patterns(const Side& side, Direction direction, Bytes data,
                        const ProtocolSpec* only) const;
  Answer run_probes(const std::vector<Probe>& probes, Direction direction, Bytes data, Ports ports,
                    const ProtocolSpec* only) const;

  std::array<Transport, 2> transports_;
};

}  // namespace culvert
