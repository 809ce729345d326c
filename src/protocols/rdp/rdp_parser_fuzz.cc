// Any bytes from both ends in turn, then all records.
#include <algorithm>
#include <span>

#include "event/json_writer.h"
#include "protocols/rdp/rdp_eve.h"
#include "protocols/rdp/rdp_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  Flow flow;
  rdp::RdpParser parser;
  Bytes bytes = std::as_bytes(std::span(data, size));
  Direction direction = Direction::kToServer;
  while (!bytes.empty()) {
    const std::size_t wanted = std::to_integer<std::size_t>(bytes[0]) * 4;
    bytes = bytes.subspan(1);
    const Bytes piece = bytes.first(std::min(bytes.size(), wanted));
    bytes = bytes.subspan(piece.size());
    (void)parser.feed({.flow = flow, .direction = direction, .bytes = piece, .time = {}});
    direction = opposite(direction);
  }
  JsonWriter json;
  json.begin_object();
  for (const Transaction* transaction : parser.transactions()) {
    for (const Direction each : {Direction::kToServer, Direction::kToClient}) {
      (void)rdp::write_eve(flow, *transaction, each, nullptr, json);
    }
  }
  json.end_object();
  return 0;
}
