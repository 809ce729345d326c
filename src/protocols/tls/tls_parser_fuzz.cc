// Any bytes in both directions, in pieces: the input is cut at a size that its own bytes choose.
#include <algorithm>

#include "protocols/tls/fingerprint.h"
#include "protocols/tls/tls_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const tls::TlsOptions options;
  tls::TlsParser parser(options);
  Flow flow;
  Bytes rest = std::as_bytes(std::span(data, size));
  while (rest.size() > 2) {
    // The low bit is the direction, the others and the next byte the size of the piece.
    const auto head = std::to_integer<std::size_t>(rest[0]);
    const std::size_t wanted = (head >> 1) * 64 + std::to_integer<std::size_t>(rest[1]) + 1;
    rest = rest.subspan(2);
    const Bytes piece = rest.first(std::min(wanted, rest.size()));
    rest = rest.subspan(piece.size());
    const auto direction = static_cast<Direction>(head & 1);
    (void)parser.feed({.flow = flow, .direction = direction, .bytes = piece, .time = {}});
  }
  if (!parser.transactions().empty()) {
    const auto& tx = static_cast<const tls::TlsTransaction&>(*parser.transactions().front());
    tls::make_ja3(tx);
    tls::make_ja3s(tx);
    tls::make_ja4(tx);
  }
  parser.finish(Direction::kToServer);
  parser.finish(Direction::kToClient);
  return 0;
}
