// RDP over TCP, up to where it is encrypted: each message is a transaction of its direction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "app/message_parser.h"
#include "protocols/rdp/rdp_message.h"
#include "protocols/tls/handshake_reader.h"

namespace culvert::rdp {

struct RdpTransaction final : MessageTransaction {
  Message message;
};

class RdpParser final : public MessageParser {
 public:
  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  bool is_idle() const override { return false; }
  bool recycle() override;

 private:
  enum class Phase : std::uint8_t {
    kOpening,    ///< packets in clear
    kHandshake,  ///< TLS, until the server's certificates have been seen
    kOver,       ///< nothing more can be read
  };

  /// What follows the front of a side's bytes: how long the packet or record is; 0: not known yet.
  std::size_t wanted(Bytes front) const;
  void take(Bytes unit, const AppInput& input);
  void take_packet(Bytes packet, const AppInput& input);
  void take_record(Bytes record, const AppInput& input);
  void add_message(Message message, const AppInput& input);

  Phase phase_ = Phase::kOpening;
  std::array<std::vector<std::byte>, 2> held_;  ///< front of a packet or record, at most 64 KiB
  tls::HandshakeReader handshake_;              ///< of the server
};

}  // namespace culvert::rdp
