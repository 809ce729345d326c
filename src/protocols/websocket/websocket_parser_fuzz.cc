// Any bytes as frames of both directions, whole and in small pieces: the same frames.
#include <cstdint>
#include <string>

#include "protocols/text/dialogue_fuzzing.h"
#include "protocols/websocket/websocket_parser.h"
#include "protocols/websocket/websocket_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const websocket::WebsocketOptions options{.max_payload_bytes = 300};
  Flow flow;
  const auto run = [&](std::size_t piece_size) {
    websocket::WebsocketParser parser(options);
    for (Bytes rest = bytes; !rest.empty();) {
      const Bytes piece = rest.first(std::min(piece_size, rest.size()));
      rest = rest.subspan(piece.size());
      if (parser.feed(
              {.flow = flow, .direction = Direction::kToServer, .bytes = piece, .time = {}}) ==
          ParseStatus::kMalformed) {
        break;
      }
    }
    std::string frames;
    for (const Transaction* base : parser.transactions()) {
      const auto& tx = static_cast<const websocket::WebsocketTransaction&>(*base);
      frames += std::to_string(tx.opcode) + std::string(as_text(Bytes(tx.payload))) + "|";
    }
    return frames;
  };
  if (run(size + 1) != run(3)) __builtin_trap();
  websocket::WebsocketParser parser(options);
  fuzz_stream(parser, websocket::kWebsocketProtocol, bytes);
  return 0;
}
