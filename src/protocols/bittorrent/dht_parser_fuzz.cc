// Any bytes as datagrams.
#include "protocols/bittorrent/dht_parser.h"
#include "protocols/bittorrent/dht_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  bittorrent::DhtParser parser;
  fuzz_datagrams(parser, bittorrent::kDhtProtocol, std::as_bytes(std::span(data, size)));
  return 0;
}
