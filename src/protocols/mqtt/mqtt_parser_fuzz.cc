// Any bytes as a client's stream, behind a CONNECT: whole and in small pieces, the same result.
#include <cstdint>

#include "protocols/mqtt/mqtt_keywords.h"
#include "protocols/mqtt/mqtt_protocol.h"
#include "protocols/mqtt/mqtt_testing.h"
#include "protocols/text/dialogue_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const Bytes bytes = std::as_bytes(std::span(data, size));
  mqtt::Connection whole, pieces;
  for (mqtt::Connection* each : {&whole, &pieces}) each->client(mqtt::connect());
  (void)whole.say(Direction::kToServer, bytes);
  for (Bytes rest = bytes; !rest.empty();) {
    const Bytes piece = rest.first(std::min<std::size_t>(rest.size(), 3));
    rest = rest.subspan(piece.size());
    if (pieces.say(Direction::kToServer, piece) == ParseStatus::kMalformed) break;
  }
  if (whole.described() != pieces.described()) __builtin_trap();
  BufferScratch scratch;
  for (std::size_t i = 0; i < whole.parser.transactions().size(); ++i) {
    (void)whole.json(i);
    for (const BufferSpec& buffer : mqtt::kMqttBuffers) {
      (void)buffer.get({.flow = whole.flow,
                        .transaction = whole.tx(i),
                        .direction = Direction::kToServer,
                        .instance = 0,
                        .scratch = scratch});
    }
  }
  const mqtt::MqttOptions options;
  mqtt::MqttParser parser(options);
  fuzz_stream(parser, mqtt::kMqttProtocol, bytes);
  return 0;
}
