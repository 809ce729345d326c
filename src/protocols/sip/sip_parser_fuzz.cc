// Any bytes as a datagram and as a stream, whole and in pieces: the stream's messages are the same.
#include <cstdint>

#include "event/json_writer.h"
#include "protocols/sip/sip_buffers.h"
#include "protocols/sip/sip_eve.h"
#include "protocols/sip/sip_parser.h"
#include "protocols/sip/sip_protocol.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  Flow flow;
  const auto feed = [&](sip::SipParser& parser, Bytes piece) {
    return parser.feed(
        {.flow = flow, .direction = Direction::kToServer, .bytes = piece, .time = {}});
  };
  sip::SipParser datagrams(false), whole(true), pieces(true);
  (void)feed(datagrams, bytes);
  (void)feed(whole, bytes);
  for (Bytes rest = bytes; !rest.empty();) {
    const Bytes piece = rest.first(std::min<std::size_t>(rest.size(), 7));
    rest = rest.subspan(piece.size());
    if (feed(pieces, piece) == ParseStatus::kMalformed) break;
  }
  if (whole.transactions().size() != pieces.transactions().size()) __builtin_trap();
  BufferScratch scratch;
  for (const Transaction* tx : datagrams.transactions()) {
    for (const BufferSpec& buffer : sip::kSipBuffers) {
      for (std::uint32_t i = 0; i < 3; ++i) {
        (void)buffer.get({.flow = flow,
                          .transaction = *tx,
                          .direction = Direction::kToServer,
                          .instance = i,
                          .scratch = scratch});
      }
    }
    JsonWriter json;
    json.begin_object();
    sip::write_metadata(flow, *tx, json);
    json.end_object();
  }
  sip::SipParser stream(true), datagrams_of_both(false);
  fuzz_stream(stream, sip::kSipProtocol, bytes);
  fuzz_datagrams(datagrams_of_both, sip::kSipProtocol, bytes);
  return 0;
}
