// Any bytes as a dialogue: the first byte of each piece says who speaks and how long.
#include <algorithm>
#include <cstdint>

#include "base/byte_cursor.h"
#include "protocols/telnet/telnet_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  ByteCursor in(std::as_bytes(std::span(data, size)));
  Flow flow;
  telnet::TelnetParser parser;
  FrameList frames[2];
  std::uint64_t offsets[2] = {0, 0};
  while (!in.empty()) {
    const std::uint8_t head = in.u8();
    const Bytes piece = in.take(std::min<std::size_t>(head >> 1, in.size()));
    const Direction direction = (head & 1) != 0 ? Direction::kToServer : Direction::kToClient;
    const std::size_t d = index_of(direction);
    (void)parser.feed({.flow = flow,
                       .direction = direction,
                       .bytes = piece,
                       .time = {},
                       .stream_offset = offsets[d],
                       .frames = &frames[d]});
    offsets[d] += piece.size();
    for (const Frame& frame : frames[d].frames()) {
      if (frame.begin >= offsets[d] || (!frame.is_open() && frame.end() > offsets[d])) __builtin_trap();
    }
  }
  return 0;
}
