// Any bytes as a dialogue: the first byte of each piece says who speaks and how long.
#include <cstdint>

#include "base/byte_cursor.h"
#include "event/json_writer.h"
#include "protocols/pop3/pop3_parser.h"
#include "protocols/pop3/pop3_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  ByteCursor in(std::as_bytes(std::span(data, size)));
  Flow flow;
  pop3::Pop3Parser parser;
  while (!in.empty()) {
    const std::uint8_t head = in.u8();
    const Bytes piece = in.take(std::min<std::size_t>(head >> 1, in.size()));
    const Direction direction = (head & 1) != 0 ? Direction::kToServer : Direction::kToClient;
    (void)parser.feed({.flow = flow, .direction = direction, .bytes = piece, .time = {}});
    if ((head & 0x80) != 0 && !parser.transactions().empty()) {
      parser.free_transaction(parser.transactions().front());
    }
  }
  for (const Transaction* tx : parser.transactions()) {
    JsonWriter json;
    json.begin_object();
    pop3::write_metadata(flow, *tx, json);
    json.end_object();
  }
  return 0;
}
