// Any bytes as a dialogue: the first byte of each piece says who speaks and how long. Parsed, read
// through each buffer, written as EVE.
#include <cstdint>

#include "base/byte_cursor.h"
#include "event/json_writer.h"
#include "protocols/smtp/smtp_buffers.h"
#include "protocols/smtp/smtp_eve.h"
#include "protocols/smtp/smtp_testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  ByteCursor in(std::as_bytes(std::span(data, size)));
  smtp::Dialogue dialogue;
  while (!in.empty()) {
    const std::uint8_t head = in.u8();
    const Bytes piece = in.take(std::min<std::size_t>(head >> 1, in.size()));
    const Direction direction = (head & 1) != 0 ? Direction::kToServer : Direction::kToClient;
    if (dialogue.say(direction, piece) == ParseStatus::kMalformed) break;
  }
  dialogue.parser.finish(Direction::kToServer);
  dialogue.parser.finish(Direction::kToClient);
  BufferScratch scratch;
  for (const Transaction* tx : dialogue.parser.transactions()) {
    for (const BufferSpec& buffer : smtp::kSmtpBuffers) {
      for (std::uint32_t i = 0; i < 10; ++i) {
        if (!buffer.get({.flow = dialogue.flow,
                         .transaction = *tx,
                         .direction = Direction::kToServer,
                         .instance = i,
                         .scratch = scratch})) {
          break;
        }
      }
    }
    JsonWriter json;
    json.begin_object();
    smtp::write_eve(dialogue.flow, *tx, Direction::kToServer, nullptr, json);
    json.end_object();
  }
  return 0;
}
