#include "protocols/bittorrent/dht_parser.h"

namespace culvert::bittorrent {

ParseStatus DhtParser::feed(const AppInput& input) {
  if (is_full() || input.bytes.empty() || input.bytes[0] != std::byte{'d'}) {
    return ParseStatus::kDone;
  }
  auto transaction = std::make_unique<DhtTransaction>();
  if (!transaction->message.parse(transaction->arena.copy(input.bytes))) {
    transaction->raise(Event::kMalformedPacket);
  }
  add(std::move(transaction), input);
  return ParseStatus::kDone;
}

}  // namespace culvert::bittorrent
