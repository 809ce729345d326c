// Any bytes in both directions, in pieces and with gaps: the input is cut at sizes that its own bytes
// choose. What comes of it is written as EVE.
#include <algorithm>

#include "event/json_writer.h"
#include "protocols/http/http_eve.h"
#include "protocols/http/http_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  http1::HttpContext context;
  context.defaults.meta_field_limit = 512;
  context.defaults.headers_limit = 32;
  context.defaults.max_tx = 16;
  context.defaults.decompress_layer_limit = 3;
  context.defaults.lzma_enabled = true;
  http1::HttpParser parser(context);
  Flow flow;
  Bytes rest = std::as_bytes(std::span(data, size));
  while (rest.size() > 2) {
    // The low bit is the direction, the next one a gap, the others and the next byte the size.
    const auto head = std::to_integer<std::size_t>(rest[0]);
    const std::size_t wanted = (head >> 2) * 64 + std::to_integer<std::size_t>(rest[1]) + 1;
    rest = rest.subspan(2);
    const auto direction = static_cast<Direction>(head & 1);
    if ((head & 2) != 0) {
      (void)parser.gap({.flow = flow, .direction = direction, .bytes = {}, .time = {}}, wanted);
      continue;
    }
    const Bytes piece = rest.first(std::min(wanted, rest.size()));
    rest = rest.subspan(piece.size());
    (void)parser.feed({.flow = flow, .direction = direction, .bytes = piece, .time = {}});
  }
  parser.finish(Direction::kToServer);
  parser.finish(Direction::kToClient);
  http1::HttpEveOptions options;
  options.all_request_headers = options.all_response_headers = true;
  while (!parser.transactions().empty()) {
    Transaction& transaction = *parser.transactions().front();
    JsonWriter json;
    json.begin_object();
    (void)http1::kHttpLoggers[0].write(flow, transaction, Direction::kToServer, &options, json);
    json.end_object();
    parser.free_transaction(&transaction);
  }
  return 0;
}
