// The DHT of BitTorrent: each datagram that is a message is a transaction.
#pragma once

#include <cstdint>
#include <string_view>

#include "app/message_parser.h"
#include "protocols/bittorrent/dht_message.h"

namespace culvert::bittorrent {

enum class Event : std::uint8_t { kMalformedPacket };
inline constexpr std::string_view kEventNames[] = {"malformed_packet"};

struct DhtTransaction final : MessageTransaction {
  Arena arena{512};
  Message message;  ///< views the datagram's copy in the arena
};

class DhtParser final : public MessageParser {
 public:
  ParseStatus feed(const AppInput& input) override;
};

}  // namespace culvert::bittorrent
