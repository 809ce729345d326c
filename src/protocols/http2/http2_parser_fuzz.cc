// Any bytes in both directions, in pieces: the first byte of each piece says whose it is and how long.
#include "protocols/http2/http2_parser.h"

using namespace culvert;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  http2::Http2Context context;
  context.options.max_streams = 64;
  http2::Http2Parser parser(context);
  Flow flow;
  Bytes rest = std::as_bytes(std::span(data, size));
  while (!rest.empty()) {
    const auto first = std::to_integer<std::uint8_t>(rest[0]);
    rest = rest.subspan(1);
    const Bytes piece = rest.first(std::min<std::size_t>(rest.size(), first & 0x7f));
    rest = rest.subspan(piece.size());
    const AppInput input{.flow = flow,
                         .direction = (first & 0x80) != 0 ? Direction::kToClient : Direction::kToServer,
                         .bytes = piece,
                         .time = {}};
    static_cast<void>(parser.feed(input));
    if (parser.transactions().size() > 32) parser.free_transaction(parser.transactions().front());
  }
  parser.finish(Direction::kToServer);
  parser.finish(Direction::kToClient);
  return 0;
}
